# The trained model for other runtimes. Made when asked for, not by default.


rule onnx:
    input:
        model="results/model/model.keras",
        made_from=receipt("train"),
        settings=settings("onnx"),
    output:
        receipt=receipt("onnx"),
        model="results/model/model.onnx",
    log:
        "logs/onnx.log",
    benchmark:
        "logs/benchmarks/onnx.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask export {output.model} --model {input.model} --settings {input.settings}"
        " --made-from {input.made_from} --receipt {output.receipt} > {log} 2>&1"


rule tflite:
    input:
        model="results/model/model.keras",
        made_from=receipt("train"),
        settings=settings("tflite"),
    output:
        receipt=receipt("tflite"),
        model="results/model/model.tflite",
    log:
        "logs/tflite.log",
    benchmark:
        "logs/benchmarks/tflite.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask export {output.model} --model {input.model} --settings {input.settings}"
        " --made-from {input.made_from} --receipt {output.receipt} > {log} 2>&1"


rule exports:
    input:
        rules.onnx.output,
        rules.tflite.output,
