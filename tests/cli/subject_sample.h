// A report with something of everything, as a node answers it.
#ifndef DAFTAR_TESTS_CLI_SUBJECT_SAMPLE_H_
#define DAFTAR_TESTS_CLI_SUBJECT_SAMPLE_H_

#include "daftar/v1/subject.pb.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {

inline v1::SubjectReport SampleReport() {
  return Proto<v1::SubjectReport>(R"(
    made_at: "2026-11-28T08:15:30.123Z"
    identifier: "+6281234567890"
    identifier_type: "phone"
    shop: "Toko A"
    origin: "toko-a.example"
    circle: "Lingkaran Pasar Baru"
    purpose: "Members warn each other of customers who did not pay."
    answer_within_days: 30
    customers {
      name: "Ibu Sari" added_at: "2024-03-02T01:00:00.000Z"
      other_identifiers: "s***@m***.test" groups: "regular" groups: "vip"
      trusted_since: "2025-01-05T00:00:00.000Z" trusted_because: "ten good years"
    }
    orders {
      invoice: "INV-17" invoiced: "2026-09-01" due: "2026-09-15" paid: "2026-10-20"
      amount { minor: 450000000 currency: "IDR" } outcome: "paid-late"
    }
    orders {
      invoice: "INV-9" invoiced: "2026-02-01" due: "2026-02-15" paid: "2026-02-14"
      amount { minor: 12000000 currency: "IDR" } outcome: "paid-on-time"
    }
    incidents {
      id: "00112233445566778899aabbccddeeff" state: "disputed" reason: "deposit-unsettled"
      filed_at: "2026-10-02T03:00:00.000Z" shareable: true
      shared_since: "2026-10-10T00:00:00.000Z" kept_until: "2028-09-30"
      amount { minor: 450000000 currency: "IDR" } occurred: "2026-10-01" due: "2026-09-15"
      reminders: "2026-09-20" reminders: "2026-09-28" told_on: "2026-10-02"
      note: "Said <b>\"tomorrow\"</b> & hung up.\nTwice."
      mitigations: "told-in-time" notice_code: "K7F3-9Q2M"
      disputed_by: "person" disputed_on: "2026-11-20"
      proofs { kind: "invoice" media_type: "application/pdf" bytes: 81234
               added_at: "2026-10-02T03:01:00.000Z" }
      handed_out { partner: "toko-b.example" disclosed_at: "2026-10-12T03:00:00.000Z"
                   kinds: "invoice" fetched_at: "2026-10-12T03:10:00.000Z" }
      changes { at: "2026-10-02T03:00:00.000Z" action: "added" }
      changes { at: "2026-10-03T03:00:00.000Z" action: "approved" log_index: 12
                copies { partner: "toko-b.example" applied_at: "2026-10-10T00:01:00.000Z" }
                copies { partner: "toko-c.example" applied_at: "2026-10-10T00:02:00.000Z" } }
      changes { at: "2026-11-20T03:00:00.000Z" action: "disputed" because: "says it was paid in cash"
                log_index: 15
                copies { partner: "toko-b.example" applied_at: "2026-11-20T03:00:10.000Z" }
                copies { partner: "toko-c.example" } }
    }
    incidents {
      id: "10112233445566778899aabbccddeeff" state: "draft" reason: "staff-abuse"
      filed_at: "2026-08-02T03:00:00.000Z" occurred: "2026-08-01"
      changes { at: "2026-08-02T03:00:00.000Z" action: "added" }
    }
    incidents {
      id: "20112233445566778899aabbccddeeff" state: "erased" reason: "invoice-overdue"
      filed_at: "2025-08-02T03:00:00.000Z" shareable: true
      shared_since: "2025-08-10T00:00:00.000Z" erased: true
      changes { at: "2025-08-02T03:00:00.000Z" action: "added" }
      changes { at: "2026-11-27T03:00:00.000Z" action: "erased" by_node: true log_index: 20
                copies { partner: "toko-b.example" applied_at: "2026-11-27T03:00:10.000Z" } }
    }
    decisions {
      receipt: "0f" at: "2026-11-01T08:00:00.000Z" effect: EFFECT_PREPAY
      because: "1 of 2 partners holds a record." overridden_to: EFFECT_ACCEPT
    }
    decisions {
      receipt: "0e" at: "2026-01-01T08:00:00.000Z" effect: EFFECT_ACCEPT
      because: "Nothing speaks against this buyer."
    }
    more_decisions: true
    partners {
      origin: "toko-b.example" name: "Toko B" state: PARTNER_STATE_ANSWERED data_age_s: 14
      entries { index: 40 reason: "invoice-overdue" status: "live"
                reported_at: "2026-05-01T00:00:00.000Z" kept_until: "2028-03-31"
                amount { minor: 150000000 currency: "IDR" } occurred: "2026-04-01" }
      entries { index: 44 reason: "no-show" status: "settled"
                reported_at: "2026-06-01T00:00:00.000Z" kept_until: "2028-04-30"
                occurred: "2026-05-01" }
    }
    partners {
      origin: "toko-c.example" name: "Toko C" state: PARTNER_STATE_NOT_CHECKED error: "unreachable"
      data_age_s: 100
    }
    partners { origin: "toko-d.example" name: "Toko D" state: PARTNER_STATE_STALE data_age_s: 20000
               pairing: "active" }
    partners {
      origin: "toko-e.example" name: "Toko E" state: PARTNER_STATE_CACHED data_age_s: 900000
      pairing: "suspended"
      entries { index: 7 reason: "no-show" status: "set-aside"
                reported_at: "2026-03-01T00:00:00.000Z" kept_until: "2028-01-31"
                occurred: "2026-02-01" }
    }
    partners { origin: "toko-f.example" name: "Toko F" state: PARTNER_STATE_NOT_CHECKED
               error: "unreachable" pairing: "removed" }
    asked_proof {
      partner: "toko-b.example" log_index: 40 asked_at: "2026-11-02T02:00:00.000Z" state: "fetched"
      since: "2026-11-04T02:00:00.000Z" kinds: "invoice" kinds: "reminder"
      kept_until: "2026-12-04T02:00:00.000Z"
    }
    asked_proof {
      partner: "toko-b.example" log_index: 44 asked_at: "2026-11-01T02:00:00.000Z" state: "refused"
      since: "2026-11-03T02:00:00.000Z"
    }
    passed_on {
      partner: "toko-b.example" log_index: 40 disputed_on: "2026-11-24"
      passed_on_at: "2026-11-25T02:00:00.000Z" state: "disputed" partner_told: true
      partner_disputed_at: "2026-11-25T02:01:00.000Z"
    }
    passed_on {
      partner: "toko-c.example" log_index: 4 disputed_on: "2026-11-24"
      passed_on_at: "2026-11-24T02:00:00.000Z" state: "waiting"
    }
  )");
}

}  // namespace daftar::cli

#endif  // DAFTAR_TESTS_CLI_SUBJECT_SAMPLE_H_
