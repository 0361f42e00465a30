# Sources, people and hours, from the configuration.
SOLVE["eecs182_hw5/q7_process"] = dict(
    params=dict(
        sources=config["eecs182_hw5"]["q7_sources"],
        people=config["eecs182_hw5"]["q7_people"],
        hours=config["eecs182_hw5"]["q7_hours"],
        acknowledgements=config["acknowledgements"].get("eecs182_hw5", {}),
    ),
    mem_mb=500,
    runtime=5,
    environment="report",
)
