# Face crops of each video.


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


rule faces:
    input:
        each_video("results/faces/{video}"),
        each_video("results/faces/{video}.json"),
        each_cropped("results/cropped/{dataset}"),
        each_cropped("results/cropped/{dataset}.jsonl"),
