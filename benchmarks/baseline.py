"""The baseline: the same three requests on the same tables by bare FastAPI, SQLAlchemy, pydantic and uvicorn.

It has none of the product's layers: no authentication, no policies, no metrics, no logs, no idempotency. Run as a
process: `python -m benchmarks.baseline PORT DATABASE_URL`.
"""

import datetime as dt
import sys
import uuid
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ARRAY, Float, ForeignKey, Integer, Text, Uuid, select, text, tuple_
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

Time = TIMESTAMP(timezone=True)


class Base(DeclarativeBase):
    """Maps the product's tables as they are."""


class LabRow(Base):
    """A lab."""

    __tablename__ = "lab"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)


class ProjectRow(Base):
    """A project."""

    __tablename__ = "project"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(Text)


class SampleRow(Base):
    """A sample."""

    __tablename__ = "sample"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    alias: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    material: Mapped[str] = mapped_column(Text)
    lab_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lab.id"))
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    submission_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    stage: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    priority: Mapped[str] = mapped_column(Text)
    assignee: Mapped[str] = mapped_column(Text)
    volume_ul: Mapped[float | None] = mapped_column(Float)
    qubit_ng_per_ul: Mapped[float | None] = mapped_column(Float)
    a260_a280: Mapped[float | None] = mapped_column(Float)
    measured: Mapped[list[str]] = mapped_column(ARRAY(Text))
    out_of_range: Mapped[list[str]] = mapped_column(ARRAY(Text))
    stage_entered_at: Mapped[dt.datetime] = mapped_column(Time)
    updated_at: Mapped[dt.datetime] = mapped_column(Time)
    version: Mapped[int] = mapped_column(Integer)
    lab: Mapped[LabRow] = relationship(lazy="raise")
    project: Mapped[ProjectRow] = relationship(lazy="raise")


class Sample(BaseModel):
    """A sample as it is answered."""

    model_config = ConfigDict(from_attributes=True)
    id: uuid.UUID
    code: str
    name: str
    alias: str
    kind: str
    material: str
    lab_id: uuid.UUID
    lab_name: str
    project_id: uuid.UUID
    project_code: str
    submission_id: uuid.UUID | None
    stage: str
    status: str
    priority: str
    assignee: str
    volume_ul: float | None
    qubit_ng_per_ul: float | None
    a260_a280: float | None
    measured: list[str]
    out_of_range: list[str]
    stage_entered_at: dt.datetime
    updated_at: dt.datetime
    version: int


class Page(BaseModel):
    """One page."""

    items: list[Sample]
    next: str | None


class NewSample(BaseModel):
    """What a new sample needs."""

    model_config = ConfigDict(extra="forbid")
    project_id: uuid.UUID
    name: str
    material: str = ""
    volume_ul: float | None = None
    qubit_ng_per_ul: float | None = None


app = FastAPI()
_session: async_sessionmaker[AsyncSession]


async def session() -> Any:
    """Yield a session for one request."""
    async with _session() as opened:
        yield opened


Db = Annotated[AsyncSession, Depends(session)]


def _shown(row: SampleRow) -> Sample:
    values = {name: getattr(row, name) for name in Sample.model_fields if name not in ("lab_name", "project_code")}
    return Sample(**values, lab_name=row.lab.name, project_code=row.project.code)


@app.get("/samples")
async def list_samples(db: Db, limit: int = 50, after: str | None = None) -> Page:
    """List samples, last changed first."""
    query = select(SampleRow).options(joinedload(SampleRow.lab), joinedload(SampleRow.project))
    if after:
        moment, ident = after.split("|")
        query = query.where(
            tuple_(SampleRow.updated_at, SampleRow.id) < (dt.datetime.fromisoformat(moment), uuid.UUID(ident))
        )
    found = (await db.scalars(query.order_by(SampleRow.updated_at.desc(), SampleRow.id.desc()).limit(limit + 1))).all()
    more = f"{found[limit - 1].updated_at.isoformat()}|{found[limit - 1].id}" if len(found) > limit else None
    return Page(items=[_shown(row) for row in found[:limit]], next=more)


@app.get("/samples/{sample_id}")
async def show_sample(sample_id: uuid.UUID, db: Db) -> Sample:
    """Show one sample."""
    query = select(SampleRow).options(joinedload(SampleRow.lab), joinedload(SampleRow.project))
    found = (await db.scalars(query.where(SampleRow.id == sample_id))).one_or_none()
    if found is None:
        raise HTTPException(404)
    return _shown(found)


_CREATE = text("""
    WITH counted AS (UPDATE bench_counter SET last = last + 1 RETURNING last)
    INSERT INTO sample (id, code, name, alias, kind, material, organism, lab_id, project_id, service_type,
        submitted_volume_ul, submitted_qubit_ng_per_ul, submitted_buffer, submitted_comment, created_by, created_at,
        priority, assignee, stage_entered_at, volume_ul, qubit_ng_per_ul, words, updated_at)
    SELECT :id, 'S99-' || lpad(last::text, 6, '0'), :name, :alias, 'test_sample', :material, '', p.lab_id, p.id, '',
        :volume_ul, :qubit, '', '', 'baseline', :at, 'normal', '', :at, :volume_ul, :qubit,
        to_tsvector('simple', CAST(:name AS text)), :at
    FROM counted, project p WHERE p.id = :project_id RETURNING code""")
_ANNOUNCE = text("INSERT INTO bench_outbox (id, type, payload) VALUES (:id, 'sample.created', :payload)")


@app.post("/samples", status_code=201)
async def create_sample(data: NewSample, db: Db) -> Sample:
    """Create a sample and put its event in an outbox, in one transaction."""
    ident, at = uuid.uuid4(), dt.datetime.now(dt.UTC)
    values = {"id": ident, "name": data.name, "alias": data.name[:40], "material": data.material, "at": at}
    values |= {"volume_ul": data.volume_ul, "qubit": data.qubit_ng_per_ul, "project_id": data.project_id}
    await db.execute(_CREATE, values)
    query = select(SampleRow).options(joinedload(SampleRow.lab), joinedload(SampleRow.project))
    made = _shown((await db.scalars(query.where(SampleRow.id == ident))).one())
    await db.execute(_ANNOUNCE, {"id": uuid.uuid4(), "payload": made.model_dump_json()})
    await db.commit()
    return made


def main(port: int, url: str) -> None:
    """Serve on a port until the process is ended."""
    global _session  # noqa: PLW0603 (the one thing that this small program sets up)
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"), pool_size=5, max_overflow=15)
    _session = async_sessionmaker(engine, expire_on_commit=False)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
