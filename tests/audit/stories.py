"""Quiet logs, in which only what a mutation is about happens."""
from log_model import Charter, DAY, Log, NOW, Profile
from make_bundles import Plan


def lax(rng, **settings):
    """A profile that asks for nothing but these."""
    profile = Profile(rng)
    vars(profile).update(required=[], least_amount={}, least_age_days=0, reminders=0,
                         reminder_spacing_days=0, first_reminder_least_days=0, told_beforehand=False,
                         told_least_days=0, proof=[], second_person=False, hold_hours=0,
                         retention_months=24)
    vars(profile).update(settings)
    return profile


def quiet_log(rng, reason=1, days_ago=900, profile=None, **charter_settings):
    """A log without reports, under a charter that shares `reason` and one more reason."""
    log = Log(rng, 0, start=NOW - days_ago * DAY + rng.randrange(DAY))
    charter = Charter(rng, log.circle)
    charter.profiles = {reason: profile or lax(rng)}
    vars(charter).update(withdraw_days=14, after_settlement_hours=24, erase_after_hours=48)
    vars(charter).update(charter_settings)
    log.tick(60, log.charter_entry(charter))
    return log


def report_in(log, seconds=60, **facts):
    log.time += seconds
    report = log.add_report(**facts)
    log.publish()
    return report


def then(log, report, kind, seconds=60):
    """One more entry about a report, whether or not that is in order."""
    log.time += seconds
    log.change(report, kind)
    log.publish()
    if report.erased:
        report.updates[-1].has_body = False


def plan_of(rng, log, opened=None, case=None, **options):
    """A bundle that has all reports of a quiet log; `opened` a report or None."""
    first = min(report.index for report in log.reports)
    plan = Plan(rng, log=log, kind="log", begin=rng.choice([0, first, rng.randint(0, first)]))
    plan.openings = {opened.index: opened.key} if opened else {}
    plan.case = case
    plan.with_openings = bool(opened)
    vars(plan).update(options)
    return plan
