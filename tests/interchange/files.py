"""Small files of our own in the shapes of the real ones."""

from __future__ import annotations

from pathlib import Path

GOVERNMENT = """government-organisation\tname\twebsite\tstart-date\tend-date
D2\tCabinet Office\thttps://www.gov.uk/government/organisations/cabinet-office\t\t
D9\tDepartment for Transport\thttps://www.gov.uk/government/organisations/department-for-transport\t\t
EA74\tDriver and Vehicle Licensing Agency\t\t\t
"""
ENGLAND = """local-authority-eng\tname\tofficial-name\tstart-date\tend-date
BAS\tBath and North East Somerset\tBath and North East Somerset Council\t1996-04-01\t
"""
WALES = (
    "principal-local-authority\tname\tname-cy\tofficial-name\tofficial-name-cy\tstart-date\tend-date\n"
    "AGY\tIsle of Anglesey\tSir Ynys Môn\tIsle of Anglesey County Council\tCyngor Sir Ynys Môn"
    "\t1996-04-01\t\n"
)
SERVICES_HEADER = (
    "Abbr,Department,Agency/body,Name of service,Slug,Category,URL,Description of service,"
    'Customer type,Business model,Keywords,"Previous dept \n (MOG, Jun 2016)",'
    '"Total \nOct16-Sep17 [12 MONTHS]","Total \nOct16 - Sep17 [12 MONTHS]"\n'
)
SERVICES = (
    SERVICES_HEADER
    + "DfT,Department for Transport,Driver and Vehicle Licensing Agency,Sorn: off road,dft-sorn,"
    + 'Providing information,https://www.gov.uk/sorn,"Data for off road, declared",Individuals,'
    + 'Fees and charges,"sorn, off road",DfT,"1,200",900\n'
    + "CO,Cabinet Office,Nobody in Particular Office,Petitions,co-petitions,,gov.uk/x,,"
    + "[not provided],,,Department for Transport,#REF!,-\n"
)
VOLUMES = (
    "Department,Department Abbreviation,Body/Agency,Name of service,"
    "April 2011 to March 2012: volume,October 2016 to September 2017: volume,"
    "January 2014 to December 2015: volume,Service Type,URL,Description of service,"
    "Customer type,Business model\n"
    "Department for Transport,DfT,Driver and Vehicle Licensing Agency,Sorn: off road,"
    "100,1200,5,Providing information,https://www.gov.uk/sorn,,Individuals,Fees and charges\n"
    "Cabinet Office,CO,Cabinet Office,Honours,7,,,Providing information,,,Individuals,Taxpayers\n"
)


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    """Put a text into a file."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path
