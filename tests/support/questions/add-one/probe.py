def observe(candidate, inputs):
    return {"output": candidate.solve(inputs["x"])}
