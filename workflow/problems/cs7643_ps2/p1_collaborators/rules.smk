# Who helped, from the configuration.
SOLVE["cs7643_ps2/p1_collaborators"] = dict(
    params=dict(acknowledgements=config["acknowledgements"].get("cs7643_ps2", {})),
    mem_mb=500,
    runtime=5,
    environment="report",
)
