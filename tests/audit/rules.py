"""The checks of docs/bundle.md on what became of each report: order, deadlines, facts, the case."""
from encoding import Malformed, sha256
from entries import (ABOUT_A_REPORT, DAY, DISPUTE, ERASURE, REPORT, RESOLUTION,
                     SETTLEMENT, WITHDRAWAL, add_months)
from bundle import Case
from merkle import leaf_hash, root_of

GRACE_SECONDS = 3600
NO_PROOF = bytes(32)


def check_all(verifier):
    if verifier.is_log:
        check_order(verifier)
        check_deadlines(verifier)
    else:
        verifier.leave("order", "an excerpt has not all entries")
        verifier.leave("deadlines", "an excerpt has not all entries")
    for index in verifier.keys_of_openings:
        if index in verifier.opened:
            check_facts(verifier, index)
    check_case(verifier)
    check_proof_files(verifier)


# --- order ---

def check_order(verifier):
    verifier.look("order")
    left_out = 0
    for entry in verifier.own:
        if entry.kind not in ABOUT_A_REPORT:
            continue
        report = verifier.by_index.get(entry.about)
        if report is None:
            left_out += 1
        elif report.kind != REPORT:
            verifier.fail("order", f"{entry.index} is about an entry that is no REPORT")
        elif entry.issued_at <= report.issued_at:
            verifier.fail("order", f"{entry.index} is not later than its REPORT")
    if left_out:
        for check in ("order", "deadlines"):
            verifier.leave(check, f"{left_out} entries are about reports before the bundle")
    for report in verifier.own:
        if report.kind == REPORT:
            check_history(verifier, updates_of(verifier, report))
    for one, two in zip(verifier.own, verifier.own[1:]):
        if (one.index > 1 and two.index == one.index + 1 and one.issued_at == two.issued_at
                and place_in_tick(two) < place_in_tick(one)):
            verifier.fail("order", f"{two.index} should come before {one.index}")


def updates_of(verifier, report):
    return [entry for entry in verifier.own
            if entry.kind in ABOUT_A_REPORT and entry.about == report.index]


def place_in_tick(entry):
    if entry.kind == REPORT:
        return (0, entry.commitment)
    return (1, entry.about, entry.kind, entry.commitment)


def check_history(verifier, updates):
    disputed = settled = withdrawn = erased = False
    last = None
    for entry in updates:
        wrong = (erased or withdrawn and entry.kind != ERASURE
                 or entry.kind == SETTLEMENT and settled
                 or entry.kind == DISPUTE and disputed
                 or entry.kind == RESOLUTION and not disputed
                 or entry.issued_at == last)
        if wrong:
            verifier.fail("order", f"{entry.index} cannot follow what came before about its REPORT")
        last = entry.issued_at
        settled |= entry.kind == SETTLEMENT
        disputed = entry.kind == DISPUTE or disputed and entry.kind != RESOLUTION
        withdrawn |= entry.kind == WITHDRAWAL
        erased |= entry.kind == ERASURE


# --- deadlines ---

def check_deadlines(verifier):
    reports = [entry for entry in verifier.own if entry.kind == REPORT]
    verifier.look("deadlines", not reports)
    for report in reports:
        charter = verifier.charter_before(report.index)
        if charter is None:
            verifier.leave("deadlines", f"the charter of {report.index} is not there")
            continue
        verifier.look("deadlines")
        updates = updates_of(verifier, report)
        hours = {SETTLEMENT: charter.after_settlement_hours, WITHDRAWAL: charter.erase_after_hours,
                 DISPUTE: charter.withdraw_days * 24}
        enders = {SETTLEMENT: (WITHDRAWAL, ERASURE), WITHDRAWAL: (ERASURE,),
                  DISPUTE: (RESOLUTION, WITHDRAWAL, ERASURE)}
        for entry in updates:
            if entry.kind in hours:
                limit = entry.issued_at + hours[entry.kind] * 3600
                judge_limit(verifier, entry, updates, enders[entry.kind], limit)
        judge_limit(verifier, report, updates, (ERASURE,),
                    DAY * retention_end(verifier, charter, report, updates))


def judge_limit(verifier, begun_by, updates, enders, limit):
    ended = [entry.issued_at for entry in updates
             if entry.index > begun_by.index and entry.kind in enders]
    last = limit + GRACE_SECONDS
    # Whoever made the bundle chose `made-at`: it says nothing of what was ended late.
    if (ended[0] if ended else verifier.manifest.made_at) > last:
        verifier.fail("deadlines", f"what {begun_by.index} began was not ended in time")


def retention_end(verifier, charter, report, updates):
    """As a day."""
    stating = [entry for entry in [report] + updates if entry.index in verifier.opened]
    if report.index in verifier.opened:
        facts = verifier.opened[stating[-1].index]
        profile = charter.reasons.get(facts.reason)
        if profile:
            return add_months(min(facts.occurred, stating[-1].day), profile.retention_months)
    return add_months(report.day, charter.longest_retention())


# --- facts ---

def check_facts(verifier, index):
    report, facts = verifier.by_index[index], verifier.opened[index]
    charter = verifier.charter_before(index)
    if charter is None:
        verifier.leave("facts", f"the charter of {index} is not there")
        return
    verifier.look("facts")
    profile = charter.reasons.get(facts.reason)
    if profile is None:
        verifier.fail("facts", f"the charter does not share the reason of {index}")
        return
    for why in faults_of(facts, profile, report.day):
        verifier.fail("facts", f"{index}: {why}")


def faults_of(facts, profile, day):
    if ("amount" in profile.required or profile.least_amount) and facts.minor == 0:
        yield "it has no amount"
    if profile.least_amount:
        least = profile.least_amount.get(facts.currency)
        if least is None or facts.minor < least:
            yield "the amount is too small, or in a currency that the charter does not have"
    if facts.occurred > day + 1:
        yield "it had not occurred"
    if day >= add_months(facts.occurred, profile.retention_months):
        yield "it is too old"
    if "due" in profile.required and not facts.due:
        yield "it has no due day"
    if facts.reason in (2, 3) and facts.due and day <= facts.due:
        yield "it was not yet overdue"
    if profile.least_age_days and day < (facts.due or facts.occurred) + profile.least_age_days:
        yield "it was too young"
    if any(reminder > day + 1 for reminder in facts.reminders):
        yield "a reminder lies in the future"
    counting = counting_reminders(facts, profile)
    if len(counting) < profile.reminders:
        yield "too few reminders count"
    if (counting and profile.first_reminder_least_days
            and day < counting[0] + profile.first_reminder_least_days):
        yield "the first reminder was too late"


def counting_reminders(facts, profile):
    counting = []
    for reminder in facts.reminders:
        if facts.due and reminder <= facts.due:
            continue
        if not counting or reminder >= counting[-1] + profile.reminder_spacing_days:
            counting.append(reminder)
    return counting


# --- the case ---

def check_case(verifier):
    if "case" not in verifier.bundle.files:
        verifier.leave("case", "the bundle has no case")
        return
    try:
        case = verifier.case = Case(verifier.bundle.files["case"])
    except Malformed as error:
        verifier.fail("case", str(error))
        return
    if case.report not in verifier.keys_of_openings:
        verifier.fail("case", "its report is not opened")
        return
    if case.report not in verifier.opened:
        verifier.leave("case", "its report does not open")
        return
    verifier.look("case")
    facts, report = verifier.opened[case.report], verifier.by_index[case.report]
    if case.reminders != facts.reminders:
        verifier.fail("case", "the reminders are not those of the report")
    digests = sorted(proof[3] for proof in case.proofs)
    root = root_of([leaf_hash(digest) for digest in digests]) if digests else NO_PROOF
    if root != facts.proofs_root:
        verifier.fail("case", "the proofs are not those of the report")
    charter = verifier.charter_before(case.report)
    profile = charter and charter.reasons.get(facts.reason)
    if not profile:
        verifier.leave("case", "what the charter asks for is not known")
        return
    for why in faults_of_case(case, facts, profile, report):
        verifier.fail("case", why)


def faults_of_case(case, facts, profile, report):
    if profile.proof and not any(proof[1] in profile.proof for proof in case.proofs):
        yield "no proof is of a kind that the charter asks for"
    if profile.second_person and case.approved_by in (None, case.filed_by):
        yield "no second person approved it"
    if profile.told_beforehand:
        counting = counting_reminders(facts, profile)
        if case.told_on is None:
            yield "the customer was not told"
        elif case.told_on > report.day + 1 or report.day < case.told_on + profile.told_least_days:
            yield "the customer was told too late"
        elif profile.reminders and counting and case.told_on < counting[0]:
            yield "the customer was told before being reminded"
    if profile.hold_hours and (case.notice is None
                               or report.issued_at < case.notice + profile.hold_hours * 3600):
        yield "the hold was not kept"


def check_proof_files(verifier):
    if not verifier.proof_files:
        verifier.leave("proofs", "no proof file was handed over")
        return
    if verifier.case is None and "case" in verifier.bundle.files:
        verifier.leave("proofs", "the case is at fault")
        return
    if verifier.case is None:
        verifier.fail("proofs", "the bundle has no case, so that no proof file can be looked up in it")
        return
    verifier.look("proofs")
    proofs = verifier.case.proofs
    for name, data in verifier.proof_files:
        if not any(sha256(b"daftar/proof/v1" + salt + data) == digest
                   for _, _, salt, digest in proofs):
            verifier.fail("proofs", f"{name} is no proof of the case")
