# Face crops of each video. Datasets that are crops already are brought to the same geometry.


rule crop_faces:
    input:
        frames=ancient("results/frames/{video}"),
        detections="results/detections/{video}.json",
        settings=settings("faces"),
    output:
        faces=directory("results/faces/{video}"),
        index="results/faces/{video}.json",
    log:
        "logs/faces/{video}.log",
    conda:
        "../envs/unmask.yaml"
    resources:
        tmpdir=None,  # unused, and looked up anew for each video
    shell:
        "unmask faces --detections {input.detections} --frames {input.frames}"
        " --settings {input.settings} --faces {output.faces} --index {output.index}"
        " > {log} 2>&1"


rule adopt_crops:
    input:
        sources="results/settings/sources.csv",
        settings=settings("cropped"),
    output:
        faces=directory("results/cropped/{dataset}"),
        index="results/cropped/{dataset}.jsonl",
        receipt="results/cropped/{dataset}.json",
    log:
        "logs/cropped/{dataset}.log",
    conda:
        "../envs/unmask.yaml"
    threads: workflow.cores
    params:
        source=source_of_cropped,
    shell:
        "unmask cropped --sources {input.sources} --dataset {wildcards.dataset}"
        " --source {params.source} --jobs {threads} --settings {input.settings}"
        " --faces {output.faces} --index {output.index} --receipt {output.receipt} > {log} 2>&1"


rule faces:
    input:
        each_video("results/faces/{video}"),
        each_video("results/faces/{video}.json"),
        each_cropped("results/cropped/{dataset}"),
        each_cropped("results/cropped/{dataset}.jsonl"),
