# What was damaged comes out as it was, so what follows from it need not be made again.

from snakemake.io import IOFile, is_callable


def of_no_account(item, rule):
    return ancient(item) if is_callable(item) else IOFile(ancient(str(item)), rule=rule)


for each in workflow.rules if ONLY_REPAIRS else ():
    own = getattr(each.input, "settings", "")
    if repairs.spare(PLAN, Path(own).stem):
        each.input[:] = [f if f == own else of_no_account(f, each) for f in each.input]
        for name, (start, end) in each.input._get_names():
            each.input._set_name(name, start, end)
