"""The sample service as one person may use it: what the facility has."""

from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample import flow_cells as cell_api
from nanopore_tracking.contracts.api.sample import instruments as instrument_api
from nanopore_tracking.contracts.api.sample import kit_lots as lot_api
from nanopore_tracking.contracts.api.sample import sheets as sheet_api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified
from nanopore_tracking.web.clients.sample import named

LOTS = "/api/inventory/kit-lots"
INSTRUMENTS = "/api/inventory/instruments"
CELLS = "/api/flow-cells"


class Inventory(Client):
    """Questions about lots of reagents, instruments and flow cells."""

    service = "sample"

    async def lots(self, **filters: Any) -> Paged[lot_api.KitLot]:
        """List lots of reagents."""
        return await self.get(LOTS, Paged[lot_api.KitLot], **filters)

    async def lot(self, lot_id: UUID | str) -> lot_api.KitLot:
        """Show one lot."""
        return await self.get(f"{LOTS}/{identified(lot_id)}", lot_api.KitLot)

    async def uses(self, lot_id: UUID | str, **filters: Any) -> Paged[lot_api.LotUse]:
        """List what a lot was used for."""
        return await self.get(f"{LOTS}/{identified(lot_id)}/uses", Paged[lot_api.LotUse], **filters)

    async def receive_lot(self, asked: object, key: str) -> lot_api.KitLot:
        """Receive a lot."""
        return await self.send("POST", LOTS, lot_api.KitLot, body=asked, key=key)

    async def change_lot(self, lot_id: str, changes: object, *, match: int, key: str) -> lot_api.KitLot:
        """Change what is known of a lot."""
        path = f"{LOTS}/{identified(lot_id)}"
        return await self.send("PATCH", path, lot_api.KitLot, body=changes, match=match, key=key)

    async def use_lot(self, lot_id: str, asked: object, key: str) -> lot_api.KitLot:
        """Use reactions of a lot."""
        return await self.send("POST", f"{LOTS}/{identified(lot_id)}/uses", lot_api.KitLot, body=asked, key=key)

    async def kinds(self) -> Paged[instrument_api.InstrumentKind]:
        """List the kinds of instruments."""
        return await self.get("/api/inventory/instrument-kinds", Paged[instrument_api.InstrumentKind], limit=200)

    async def instruments(self, **filters: Any) -> Paged[instrument_api.Instrument]:
        """List instruments."""
        return await self.get(INSTRUMENTS, Paged[instrument_api.Instrument], **filters)

    async def add_instrument(self, asked: object, key: str) -> instrument_api.Instrument:
        """Add an instrument."""
        return await self.send("POST", INSTRUMENTS, instrument_api.Instrument, body=asked, key=key)

    async def change_instrument(
        self, instrument_id: str, changes: object, *, match: int, key: str
    ) -> instrument_api.Instrument:
        """Change an instrument."""
        path = f"{INSTRUMENTS}/{identified(instrument_id)}"
        return await self.send("PATCH", path, instrument_api.Instrument, body=changes, match=match, key=key)

    async def change_position(
        self, instrument_id: str, position_id: str, changes: object, *, match: int, key: str
    ) -> instrument_api.Instrument:
        """Say whether a position can be used."""
        path = f"{INSTRUMENTS}/{identified(instrument_id)}/positions/{identified(position_id)}"
        return await self.send("PATCH", path, instrument_api.Instrument, body=changes, match=match, key=key)

    async def cells(self, **filters: Any) -> Paged[cell_api.FlowCell]:
        """List flow cells."""
        return await self.get(CELLS, Paged[cell_api.FlowCell], **filters)

    async def stock(self) -> cell_api.StockList:
        """Show what there is of every product."""
        return await self.get(f"{CELLS}/stock", cell_api.StockList)

    async def claims(self, **filters: Any) -> Paged[cell_api.Claim]:
        """List the failing checks that are to be reported."""
        return await self.get(f"{CELLS}/claims", Paged[cell_api.Claim], **filters)

    async def report_claim(self, claim_id: str, asked: object, *, match: int, key: str) -> cell_api.Claim:
        """Say that a failing check was reported."""
        path = f"{CELLS}/claims/{identified(claim_id)}/report"
        return await self.send("POST", path, cell_api.Claim, body=asked, match=match, key=key)

    async def cell(self, said: str) -> cell_api.FlowCell:
        """Show one flow cell by its id or by what is printed on it."""
        return await self.get(f"{CELLS}/{named(said)}", cell_api.FlowCell)

    async def checks(self, said: str) -> Paged[cell_api.Check]:
        """List the checks of a flow cell, the first one first."""
        return await self.get(f"{CELLS}/{named(said)}/checks", Paged[cell_api.Check], limit=200)

    async def ledger(self, said: str) -> Paged[cell_api.LedgerEntry]:
        """List what happened to a flow cell, the last thing first."""
        return await self.get(f"{CELLS}/{named(said)}/ledger", Paged[cell_api.LedgerEntry], limit=200)

    async def register_cell(self, asked: object, key: str) -> cell_api.FlowCell:
        """Put a flow cell into the ledger."""
        return await self.send("POST", CELLS, cell_api.FlowCell, body=asked, key=key)

    async def change_cell(
        self, said: str, what: str, asked: object, *, match: int | None, key: str
    ) -> cell_api.FlowCell:
        """Do something with a flow cell; what: the last part of the address, empty for a change of its fields."""
        path = f"{CELLS}/{named(said)}"
        method, path = ("POST", f"{path}/{what}") if what else ("PATCH", path)
        return await self.send(method, path, cell_api.FlowCell, body=asked, match=match, key=key)

    async def check_sheet(self, asked: object) -> sheet_api.SheetVerdict:
        """Say what a tool would say of a sample sheet."""
        return await self.send("POST", "/api/runs/sheet-checks", sheet_api.SheetVerdict, body=asked)
