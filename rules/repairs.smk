# What was damaged comes out as it was, so what follows from it need not be made again.

if workflow.is_main_process:
    repairs.spare_what_follows(PLAN, workflow.rules)
