"""Plausible answers of a sample firm. Those not written out here are made from the title of the requirement."""

from typing import Any

from regulators import rulebook as rb
from regulators.rulebook import Requirement

CHOICES = {
    "BP-01": "custody_only",
    "BP-02": "keys",
    "BP-10": "no_retail",
    "BP-20": "started",
    "CUS-05": "no_exception",
    "CUS-09": "none",
    "CUS-10": "none",
    "CUS-15": "no",
    "FP-07": "clear",
    "FP-15": "none",
    "FP-21": "none",
    "CAP-13": "no_group",
    "CAP-14": "not_claimed",
    "AML-17": "here",
    "N-BP-01": "jsc",
    "N-BP-06": "custody",
}

TEXTS = {
    "BP-01": "Providing Custody of digital assets only: safeguarding and administering them for clients. "
    "No other regulated activity is asked for.",
    "BP-02": "The firm generates and keeps the private keys of its clients' wallets in hardware modules at two sites "
    "in Astana and Almaty. No wallet is held in the name of another entity.",
    "BP-08": "Management, client service and key operations are at our office in the AIFC. The second key site is a "
    "data hall in Almaty that answers to the same management.",
    "BP-10": "Professional Clients and Market Counterparties: licensed funds, brokers and treasury teams. "
    "Natural persons are not taken on as clients.",
    "BP-17": "Internal audit is given to an independent firm under a three-year plan. The external auditor is named "
    "in the attached engagement letter.",
    "CUS-02": "Keys to all client wallets are generated, held and used by the firm: three of five shares are needed, "
    "and no one holds more than one. No asset is held through a third party.",
    "CUS-09": "No client asset is given or taken as collateral.",
    "CUS-10": "No client money is held: clients pay fees from their own bank accounts.",
    "CUS-15": "No third-party custodian is used.",
    "FP-15": "Nothing to disclose: no refusal, restriction, censure or disciplinary action anywhere.",
    "FP-17": "Steppe Vault Holdings Ltd and its two members. They are shown in the chart of ownership.",
    "FP-21": "No person holds two of the four mandatory posts.",
    "CAP-13": "The firm has a parent company but belongs to no financial group.",
    "CAP-14": "No exemption is claimed.",
    "CAP-15": "The Finance Officer prepares each quarterly return; the Senior Executive Officer signs it with her.",
    "AML-07": "Name, wallet and address or customer number of the originator, and name and wallet of the beneficiary, "
    "are taken before the transfer is built and sent with it.",
    "AML-08": "Names and wallets of both sides are taken and sent for every transfer, whatever its size.",
    "AML-14": "The MLRO reports to the board, has a deputy, and may stop any transfer without asking the business.",
    "AML-17": "All records are kept at the two sites of the firm in Kazakhstan.",
    "AML-20": "Each control is mapped to Law No. 191-IV of 28 August 2009 and to the AIFC rule that it answers.",
    "N-BP-01": "Joint-stock company registered in Astana.",
    "N-IT-01": "Both databases with personal data are in data halls in Astana and Almaty.",
}

NUMBERS = {"CUS-08": "1", "CUS-19": "30", "AML-16": "6", "ITS-07": "18", "N-AM-08": "5"}
PERCENTAGES = {"CAP-07": "41.5", "ITS-06": "4"}
MONEY = {
    "BP-19": "2000.00",
    "FP-12": "1850000.00",
    "CAP-01": "1200000.00",
    "CAP-03": "1200000.00",
    "CAP-08": "960000.00",
    "CAP-11": "1470000.00",
    "CAP-18": "5000000.00",
    "AML-05": "15000.00",
    "AML-10": "1000.00",
    "N-BP-07": "118000.00",
    "N-CA-01": "210000000.00",
    "N-CA-05": "400000000.00",
}
DATES = {"BP-20": "2026-10-19", "AML-18": "2027-06-30", "ITS-10": "2027-03-31"}
INSPECTED = "Key room of the Astana site, on an agreed day, in the presence of two inspectors."


def value_of(requirement: Requirement) -> dict[str, Any]:
    """The value of the simple kinds that the requirement asks for; documents and typed records come apart."""
    code = requirement.code
    value: dict[str, Any] = {}
    for kind in requirement.evidence:
        if kind == rb.DECLARATION:
            value["agreed"] = True
        elif kind == rb.TEXT:
            title = requirement.title["en"]
            value["text"] = TEXTS.get(code, f"{title}: described in full in the attached document.")
        elif kind == rb.NUMBER:
            value["number"] = NUMBERS.get(code, "12")
        elif kind == rb.MONEY:
            value["amount"], value["currency"] = MONEY.get(code, "1000.00"), requirement.currency
        elif kind == rb.PERCENTAGE:
            value["percent"] = PERCENTAGES.get(code, "40")
        elif kind == rb.DATE:
            value["date"] = DATES.get(code, "2026-11-02")
        elif kind == rb.CHOICE:
            value["choice"] = CHOICES.get(code, requirement.choices[-1].code)
        elif kind == rb.INSPECTED:
            value["inspected"] = INSPECTED
    return value
