"""How fast a file of requests becomes tickets: the import job itself, from a CSV file to committed rows."""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path
from time import perf_counter

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import place, town
from workflows import imports

HEADER = (
    "标题", "主要内容", "问题分类", "诉求类型", "来电人", "联系电话", "联系地址", "被反映街乡镇", "村/社区", "受理时间",
)
SENTENCE = "小区附近的垃圾连续三天没有清运，天气炎热，异味很大，影响居民生活，请有关部门尽快处理并给予答复。"


def write_file(path: Path, rows: int, first: int = 0) -> None:
    """A CSV file of made-up requests, two hundred letters each, spread over all matters and places."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for n in range(first, first + rows):
            community = n % (town.STREETS * town.COMMUNITIES)
            out.writerow((
                f"第{n}件 垃圾没有清运", f"第{n}次反映：{SENTENCE * 4}", f"第{n % 100 + 1}项", "投诉", "林小满",
                f"138{n:08d}", f"幸福路{n % 999 + 1}号", f"第{community // town.COMMUNITIES + 1}街道",
                f"第{community + 1}社区", "2026/3/2 9:32:09",
            ))


def import_rate(rows: int, first: int = 0) -> float:
    """Tickets per second of an import of so many rows. Needs an application context."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requests.csv"
        write_file(path, rows, first)
        lead = town.actor("desk2")
        job_id = imports.read_in_place(path, lead)
        imports.begin(job_id, lead, dry=False)
        begun = perf_counter()
        imports.run(job_id)
        taken = perf_counter() - begun
        job = imports.find(job_id, lead)
        if (job.done, job.rejected) != (rows, 0):
            raise RuntimeError(f"{job.done} of {rows} rows, {job.rejected} rejected: {job.message}")
        return rows / taken


def main() -> None:
    """Import into an empty database."""
    asked = place.arguments(__doc__, tickets=50_000)
    with place.prepared() as environ, place.opened(environ):
        rate = import_rate(asked.tickets)
    place.finish({"tickets": asked.tickets, "import_per_s": round(rate)})


if __name__ == "__main__":
    main()
