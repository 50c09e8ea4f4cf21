"""A small API of the tests' own: libraries, their books, authors and loans, with every kind of rule."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import request
from sqlalchemy import Column, ForeignKey, Integer, Numeric, Table, Text, or_, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.extensions import db
from app.jsonapi import (
    Access,
    Actor,
    Bool,
    Choice,
    Email,
    Int,
    Json,
    Merged,
    Money,
    Number,
    Registry,
    ResourceDetail,
    ResourceList,
    ResourceRelationship,
    Rule,
    Schema,
    Str,
    Time,
    Url,
    anyone,
    logged_in,
    nobody,
    staff,
    to_many,
    to_one,
)
from app.jsonapi.errors import Forbidden, Invalid
from app.jsonapi.model import Row, SoftDeleted, reference, utc


class Library(Row):
    """A library; only its keeper sees it while it is closed."""

    __tablename__ = "kit_libraries"
    slug_attribute = "code"

    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    is_open: Mapped[bool] = mapped_column(server_default="true")
    keeper_id: Mapped[int | None] = mapped_column(Integer)


authorship = Table(
    "kit_authorship",
    db.metadata,
    Column("book_id", ForeignKey("kit_books.id", ondelete="CASCADE"), primary_key=True),
    Column("author_id", ForeignKey("kit_authors.id", ondelete="CASCADE"), primary_key=True),
)


class Author(Row):
    """Who wrote books; the address is for the keeper of any library only."""

    __tablename__ = "kit_authors"

    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)


class Book(Row, SoftDeleted):
    """A book in a library."""

    __tablename__ = "kit_books"

    title: Mapped[str] = mapped_column(Text)
    subtitle: Mapped[str | None] = mapped_column(Text)
    pages: Mapped[int] = mapped_column(Integer, server_default="100")
    weight: Mapped[float | None]
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    is_rare: Mapped[bool] = mapped_column(server_default="false")
    printed_at: Mapped[datetime | None] = utc()
    bound_at: Mapped[datetime | None] = utc()
    cover_url: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str | None] = mapped_column(Text)
    extra: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    shelf_mark: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[str | None] = mapped_column(Text)
    library_id: Mapped[int] = reference("kit_libraries.id")

    library: Mapped[Library] = relationship(backref=backref("books", lazy="raise", passive_deletes=True))
    authors: Mapped[list[Author]] = relationship(secondary=authorship, backref="books")

    @property
    def label(self) -> str:
        """What the spine says."""
        return f"{self.title} ({self.pages})"


class Loan(Row):
    """That a book was lent; for the reader who has it and the keeper."""

    __tablename__ = "kit_loans"

    reader_id: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str | None] = mapped_column(Text)
    book_id: Mapped[int] = reference("kit_books.id")

    book: Mapped[Book] = relationship(backref=backref("loans", lazy="raise", passive_deletes=True))


TABLES = [Library.__table__, Author.__table__, Book.__table__, authorship, Loan.__table__]


class Keeper(Rule):
    """Staff, and the keeper of the row's library."""

    name, refusal = "keeper", "Keeper access is required."

    def _library(self, row: Any) -> Any:
        return row if isinstance(row, Library) else row.library if isinstance(row, Book) else row.book.library

    def rows(self, actor: Actor, model: Any) -> Any:
        if actor.is_staff:
            return true()
        if hasattr(model, "keeper_id"):
            return model.keeper_id == actor.id
        if hasattr(model, "library_id"):
            return model.library.has(Library.keeper_id == actor.id)
        return model.book.has(Book.library.has(Library.keeper_id == actor.id))

    def allows(self, actor: Actor, row: Any) -> bool:
        return actor.is_staff or (actor.id is not None and row is not None and self._library(row).keeper_id == actor.id)


class OpenTo(Rule):
    """Libraries that are open, and the actor's own; and the books in them."""

    name = "open library"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> Any:
        if hasattr(model, "library_id"):
            return model.library.has(self.rows(actor, Library))
        if hasattr(model, "book_id"):
            return model.book.has(self.rows(actor, Book))
        own = keeper.rows(actor, model) if actor.id is not None else ~true()
        return or_(model.is_open.is_(True), own)

    def allows(self, actor: Actor, row: Any) -> bool:
        library = keeper._library(row)
        return bool(library.is_open) or keeper.allows(actor, library)


class Reader(Rule):
    """Who has the loan."""

    name, refusal = "reader", "This loan is not yours."

    def rows(self, actor: Actor, model: Any) -> Any:
        return model.reader_id == actor.id

    def allows(self, actor: Actor, row: Any) -> bool:
        return actor.id is not None and row is not None and bool(row.reader_id == actor.id)


keeper, open_library = Keeper(), OpenTo()
reader = Reader()


class LibrarySchema(Schema):
    """A library on the wire."""

    class Meta:
        type_ = "library"

    code = Str(required=True)
    name = Str(required=True)
    is_open = Bool()
    keeper_id = Int(allow_none=True, writable_by=staff)


class AuthorSchema(Schema):
    """An author on the wire."""

    class Meta:
        type_ = "author"

    name = Str(required=True)
    email = Email(allow_none=True, visible_to=staff)
    contact = Str(attribute="email", dump_only=True, visible_to=staff, metadata={"otherwise": "name"})
    books = to_many("book", set_on="write")


class BookSchema(Schema):
    """A book on the wire."""

    class Meta:
        type_ = "book"

    title = Str(required=True)
    subtitle = Str(allow_none=True)
    pages = Int(least=1)
    weight = Number(allow_none=True, least=0)
    price = Money(allow_none=True)
    is_rare = Bool()
    printed_at = Time(allow_none=True)
    bound_at = Time(allow_none=True)
    cover_url = Url(allow_none=True)
    kind = Choice("novel", "manual", allow_none=True)
    extra = Json(allow_none=True)
    shelf_mark = Str(allow_none=True, visible_to=keeper, writable_by=keeper)
    secret = Str(load_only=True, allow_none=True)
    label = Str(dump_only=True)
    deleted_at = Time(allow_none=True, writable_by=staff)
    library = to_one("library", required=True, inverse="books")
    authors = to_many("author", set_on="write")
    lending = to_many("loan", attribute="loans", dump_only=True, visible_to=keeper, announced=True)
    own_loan = to_one("loan", attribute="loans", set_on="never", only=reader)

    def check(self, value: Merged) -> None:
        """Books are printed before they are bound."""
        if value["printed_at"] and value["bound_at"] and value["bound_at"] < value["printed_at"]:
            raise Invalid.attribute("bound_at", "bound-at should be after printed-at")


class LoanSchema(Schema):
    """A loan on the wire."""

    class Meta:
        type_ = "loan"

    note = Str(allow_none=True)
    reader_id = Int(dump_only=True)
    book = to_one("book", required=True, inverse="loans", inverse_visible_to=keeper)


class Libraries:
    model, schema = Library, LibrarySchema
    access = Access(read=open_library, create=staff, update=keeper, delete=nobody)


class LibraryList(Libraries, ResourceList):
    """Libraries."""


class LibraryDetail(Libraries, ResourceDetail):
    """One library."""


class LibraryRelationship(Libraries, ResourceRelationship):
    """What a library holds."""


class Authors:
    model, schema = Author, AuthorSchema
    access = Access(read=anyone, create=logged_in, update=staff, delete=staff)


class AuthorList(Authors, ResourceList):
    """Authors."""


class AuthorDetail(Authors, ResourceDetail):
    """One author."""


class AuthorRelationship(Authors, ResourceRelationship):
    """What an author wrote."""


class Books:
    model, schema = Book, BookSchema
    access = Access(read=open_library, create=keeper, update=keeper, delete=keeper)


class BookList(Books, ResourceList):
    """Books."""

    def before_create(self, row: Any, given: dict[str, Any]) -> None:
        """No book is called Forbidden."""
        if given["title"] == "Forbidden":
            raise Forbidden("Not this one.", pointer="/data/attributes/title")


class BookDetail(Books, ResourceDetail):
    """One book."""


class BookRelationship(Books, ResourceRelationship):
    """What a book is linked with."""


class Loans:
    model, schema = Loan, LoanSchema
    access = Access(
        read=reader | keeper, exists=open_library, create=logged_in, update=reader, delete=keeper, list=staff
    )


class LoanList(Loans, ResourceList):
    """Loans."""


class LoanDetail(Loans, ResourceDetail):
    """One loan."""


def make_registry() -> Registry:
    """The API's resources."""
    registry = Registry(pending=frozenset({"book.translations", "library.opening-hours"}))
    registry.resource("libraries", LibraryList, LibraryDetail, LibraryRelationship)
    registry.resource("authors", AuthorList, AuthorDetail, AuthorRelationship)
    registry.resource("books", BookList, BookDetail, BookRelationship)
    registry.resource("loans", LoanList, LoanDetail)
    return registry


def actor_from_header() -> Actor:
    """The actor is named by a header: `staff`, or an id."""
    name = request.headers.get("Authorization", "")
    if not name:
        return Actor()
    return Actor(99, is_staff=True) if name == "staff" else Actor(int(name))
