"""Mail that comes back says that somebody cannot be reached."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import mail
from portal.accounts.store import people, sessions
from portal.audit import Act
from portal.mail import Returned


@mail.on_returned
def noticed(session: Session, returned: Returned) -> None:
    """Mark whom a mail was for, if it is somebody here who has not signed in since it was written;
    a later sign-in takes the mark away.
    """
    person = people.by_email(session, returned.to_address)
    if person is None or sessions.began_since(session, person.id, returned.written_at):
        return
    people.unreached(session, person, Act("command:mail", returned.at, "worker"))
