# Sampled frames of each video, and an index with their times.


rule extract_frames:
    input:
        video=path_of_video,
        settings=settings("frames"),
    output:
        frames=directory("results/frames/{video}"),
        index="results/frames/{video}.json",
    log:
        "logs/frames/{video}.log",
    conda:
        "../envs/unmask.yaml"
    resources:
        tmpdir=None,  # unused, and looked up anew for each video
    params:
        source=source_of_video,
    shell:
        "unmask frames --video {wildcards.video} --source {params.source}"
        " --settings {input.settings} --frames {output.frames} --index {output.index} -- {input.video:q} > {log} 2>&1"


rule frames:
    input:
        each_video("results/frames/{video}"),
        each_video("results/frames/{video}.json"),
