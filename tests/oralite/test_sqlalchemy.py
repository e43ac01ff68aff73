"""SQLAlchemy on the stand-in: it makes tables, maps objects onto them, and finds them again in the
dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from oralite.server import Server
from tests.oralite.conftest import PASSWORD, USER

pytestmark = pytest.mark.oralite_only


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"
    __table_args__ = (
        sa.CheckConstraint("balance >= 0", name="ck_balance"),
        sa.Index("ix_name_seen", "name", "seen"),
        {"comment": "who calls"},
    )
    id: Mapped[int] = mapped_column(sa.Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(50), unique=True, comment="in full")
    note: Mapped[str | None] = mapped_column(sa.Text)
    balance: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 2))
    seen: Mapped[datetime | None] = mapped_column(sa.DateTime)
    weight: Mapped[float | None] = mapped_column(sa.Float)
    picture: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    waited: Mapped[timedelta | None] = mapped_column(sa.Interval)
    calls: Mapped[list[Call]] = relationship(
        back_populates="customer", cascade="all, delete-orphan"
    )


class Call(Base):
    __tablename__ = "calls"
    id: Mapped[int] = mapped_column(sa.Sequence("call_numbers"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(sa.Text)
    customer: Mapped[Customer] = relationship(back_populates="calls")


@pytest.fixture
def engine(server: Server) -> Iterator[sa.Engine]:
    url = sa.URL.create(
        "oracle+oracledb", USER, PASSWORD, server.host, server.port, query={"service_name": "XE"}
    )
    engine = sa.create_engine(url)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def dana() -> Customer:
    return Customer(
        name="דנה",
        note="x" * 9000,
        balance=Decimal("12.34"),
        seen=datetime(2026, 1, 2, 3, 4, 5),
        weight=1.5,
        picture=b"\x00\xff",
        waited=timedelta(days=1, seconds=2.5),
        calls=[Call(text="one"), Call(text="two")],
    )


def test_objects_make_the_round_trip(engine: sa.Engine) -> None:
    with Session(engine) as session:
        session.add(dana())
        session.add_all([Customer(name=f"number {number}") for number in range(50)])
        session.commit()
    with Session(engine) as session:
        found = session.scalars(sa.select(Customer).where(Customer.name == "דנה")).one()
        assert (found.note, found.balance, found.seen) == (
            "x" * 9000,
            Decimal("12.34"),
            datetime(2026, 1, 2, 3, 4, 5),
        )
        assert (found.weight, found.picture, found.waited) == (
            1.5,
            b"\x00\xff",
            timedelta(days=1, seconds=2.5),
        )
        assert [call.text for call in found.calls] == ["one", "two"]
        session.delete(found.calls[0])
        session.commit()
        calls = sa.func.count(Call.id)
        counted = (
            sa.select(Customer.name, calls)
            .outerjoin(Call)
            .group_by(Customer.name)
            .order_by(calls.desc())
        )
        assert session.execute(counted.limit(2)).first() == ("דנה", 1)


def test_new_rows_give_back_their_keys(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        insert = sa.insert(Customer).returning(Customer.id, Customer.name)
        assert connection.execute(insert, [{"name": "a"}, {"name": "b"}]).all() == [
            (1, "a"),
            (2, "b"),
        ]


def columns_of(table: sa.Table) -> list[tuple[str, bool | None]]:
    """Return the columns of a table, and whether each takes NULL."""
    return [(column.name, column.nullable) for column in table.columns]


def test_tables_are_found_again_in_the_dictionary(engine: sa.Engine) -> None:
    found = sa.MetaData()
    found.reflect(engine)
    assert set(found.tables) == {"customers", "calls"}
    for name, table in Base.metadata.tables.items():
        reported = found.tables[name]
        assert columns_of(reported) == columns_of(table)
        assert reported.comment == table.comment
    assert found.tables["customers"].c.name.comment == "in full"
    assert found.tables["customers"].c.id.identity is not None
    assert isinstance(found.tables["customers"].c.weight.type, sa.Float)
    assert [key.target_fullname for key in found.tables["calls"].foreign_keys] == ["customers.id"]


def test_keys_indexes_checks_views_and_synonyms_are_found(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW names AS SELECT name FROM customers")
        connection.exec_driver_sql("CREATE SYNONYM people FOR customers")
    reported = sa.inspect(engine)
    assert reported.get_pk_constraint("customers")["constrained_columns"] == ["id"]
    assert reported.get_foreign_keys("calls")[0]["options"] == {"ondelete": "CASCADE"}
    assert [key["column_names"] for key in reported.get_unique_constraints("customers")] == [
        ["name"]
    ]
    assert [
        (check["name"], check["sqltext"]) for check in reported.get_check_constraints("customers")
    ] == [("ck_balance", "balance >= 0")]
    assert reported.has_index("customers", "ix_name_seen")
    assert reported.has_sequence("call_numbers")
    assert (reported.get_view_names(), reported.get_view_definition("names")) == (
        ["names"],
        "SELECT name FROM customers",
    )
    people = sa.Table("people", sa.MetaData(), autoload_with=engine, oracle_resolve_synonyms=True)
    assert len(people.columns) == len(Customer.__table__.columns)
