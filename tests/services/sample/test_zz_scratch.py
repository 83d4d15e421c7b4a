import time, os, pytest, resource, cProfile, pstats
def cpu(): 
    r = resource.getrusage(resource.RUSAGE_SELF); return r.ru_utime + r.ru_stime
async def test_perf(laboratory):
    lab = laboratory
    print((await lab.show(await lab.register(name="x", volume_ul=5, a260_a280=1.0))).out_of_range)
    for k in ({}, dict(volume_ul=50, qubit_ng_per_ul=40)):
      for _ in range(3):
        t = time.perf_counter(); c = cpu()
        for i in range(300): await lab.register(name=f"x {i}", **k)
        print("register", (time.perf_counter()-t)/300*1e3, (cpu()-c)/300*1e6)
    p = cProfile.Profile(); p.enable()
    for i in range(300): await lab.register(name=f"x {i}", **k)
    p.disable()
    pstats.Stats(p).sort_stats("tottime").print_stats(25)
