# Every face in every sampled frame: box, confidence, landmarks. Dear, so apart from cropping.


rule detect_faces:
    input:
        frames=ancient("results/frames/{video}"),
        index="results/frames/{video}.json",
        settings=settings("detections"),
    output:
        "results/detections/{video}.json",
    log:
        "logs/detections/{video}.log",
    conda:
        "../envs/unmask.yaml"
    resources:
        tmpdir=None,  # unused, and looked up anew for each video
        gpu=PLAN.gpus_to_detect,
    shell:
        "unmask detections --frames {input.frames} --index {input.index}"
        " --settings {input.settings} --output {output} > {log} 2>&1"


rule detections:
    input:
        each_video("results/detections/{video}.json"),
