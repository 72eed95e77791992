#include "node/decision/history_file.h"

#include <algorithm>
#include <charconv>

#include "node/decision/ledger_rows.h"
#include "node/decision/text.h"
#include "node/evidence/clock.h"

namespace daftar::decision {
namespace {

using Fields = std::span<const std::string>;

constexpr int64_t kDaySeconds = 86'400;
constexpr uint64_t kProgressLines = 4096;

std::string Message(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

absl::Status Stopped() { return absl::CancelledError("reading the file was stopped"); }

int64_t Midnight(evidence::Date date) { return int64_t{date.days()} * kDaySeconds; }

// A slip of the pen would move the day as of which all are judged.
absl::Status CheckNotToCome(std::string_view what, int64_t at, const HistoryFileOptions& options) {
  if (!options.today.has_value() || at == kNever ||
      at < Midnight(options.today.PlusDays(evidence::kTimeZoneDays + 1))) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(std::string(what) + " is still to come");
}

// Never when the template is absent or its columns are empty.
absl::Status TakeMoment(const OutcomeMapping& mapping, const std::optional<Template>& made,
                        Fields fields, std::string_view what, int64_t& out) {
  out = kNever;
  if (!made.has_value() || made->IsBlank(fields)) return absl::OkStatus();
  const auto moment = mapping.moments.Parse(made->Fill(fields));
  if (!moment.ok()) {
    return absl::InvalidArgumentError(std::string(what) + " " + Message(moment.status()));
  }
  out = *moment;
  return absl::OkStatus();
}

absl::Status TakeBadByDates(const OutcomeMapping& mapping, Fields fields, PastOrder& order) {
  int64_t paid = kNever;
  auto status = TakeMoment(mapping, mapping.due, fields, "due", order.due_at);
  if (status.ok()) status = TakeMoment(mapping, mapping.paid, fields, "paid", paid);
  if (!status.ok()) return status;
  if (order.due_at == kNever) return absl::InvalidArgumentError("no due date");
  order.late_at = order.due_at + mapping.bad_after_days * kDaySeconds;
  order.bad = paid >= order.late_at;
  order.known_at = std::min(paid, order.due_at + mapping.known_after_days * kDaySeconds);
  order.settled_at = paid;
  return absl::OkStatus();
}

absl::Status TakeBadByText(const OutcomeMapping& mapping, Fields fields, PastOrder& order) {
  if (mapping.bad->IsBlank(fields)) return absl::InvalidArgumentError("no outcome");
  const std::string text = mapping.bad->Fill(fields);
  if (mapping.bad_below.has_value()) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      return absl::InvalidArgumentError("the outcome is not a whole number");
    }
    order.bad = value < *mapping.bad_below;
  } else {
    order.bad = std::find(mapping.bad_yes.begin(), mapping.bad_yes.end(), LowerAscii(text)) !=
                mapping.bad_yes.end();
  }
  auto status = TakeMoment(mapping, mapping.known, fields, "known", order.known_at);
  if (order.known_at != kNever) order.known_at += mapping.known_after_days * kDaySeconds;
  return status;
}

absl::Status TakeParty(const OutcomeMapping& mapping, Fields fields, HistoryBuilder& into,
                       PastOrder& order) {
  if (!mapping.party.has_value()) return absl::OkStatus();
  const std::string name = mapping.party->Fill(fields);
  if (name.empty() || name.size() > kMaxPartyBytes) {
    return absl::InvalidArgumentError("shop must be a text of at most " +
                                      std::to_string(kMaxPartyBytes) + " bytes");
  }
  const auto party = into.Party(name);
  if (!party.ok()) return party.status();
  order.party = *party;
  return absl::OkStatus();
}

absl::Status TakeOutcome(const HistoryMapping& mapping, Fields fields, HistoryBuilder& into,
                         PastOrder& order) {
  const OutcomeMapping& outcome = *mapping.outcome;
  auto status = TakeMoment(outcome, outcome.at, fields, "at", order.at);
  if (status.ok() && order.at == kNever) status = absl::InvalidArgumentError("no moment");
  if (!status.ok()) return status;
  status = outcome.bad.has_value() ? TakeBadByText(outcome, fields, order)
                                   : TakeBadByDates(outcome, fields, order);
  if (status.ok() && mapping.ledger.amount.has_value() && !mapping.ledger.amount->IsBlank(fields)) {
    status = TakeRowAmount(mapping.ledger, fields, order.amount.emplace());
  }
  if (status.ok()) status = TakeParty(outcome, fields, into, order);
  order.reason = outcome.reason;
  order.judged = order.judged && order.at >= outcome.judge_from;
  return status;
}

absl::Status AddOutcome(const HistoryMapping& mapping, const HistoryFileOptions& options,
                        Fields fields, HistoryBuilder& into) {
  PastOrder order;
  order.judged = options.judged;
  order.party = options.party;
  std::vector<identity::Identifier> identifiers;
  auto status = TakeRowIdentifiers(mapping.ledger, fields, identifiers);
  if (status.ok()) status = TakeOutcome(mapping, fields, into, order);
  if (status.ok()) status = CheckNotToCome("the moment", order.at, options);
  if (status.ok()) status = CheckNotToCome("the payment", order.settled_at, options);
  if (!status.ok()) return status;
  const auto customer = into.Customer(identifiers);
  if (!customer.ok()) return customer.status();
  order.customer = *customer;
  return into.Add(order);
}

// An invoice in dispute that is not paid is neither good nor bad: it has no outcome.
absl::Status AddInvoice(const OrderRow& row, const HistoryFileOptions& options,
                        HistoryBuilder& into) {
  absl::Status past = CheckNotToCome("the invoice date", Midnight(row.invoiced), options);
  if (past.ok() && row.paid.has_value()) {
    past = CheckNotToCome("the paid date", Midnight(row.paid), options);
  }
  if (!past.ok()) return past;
  const auto customer = into.Customer(row.identifiers);
  if (!customer.ok()) return customer.status();
  PastOrder order;
  order.customer = *customer;
  order.party = options.party;
  order.at = Midnight(row.invoiced);
  order.amount = row.amount;
  const bool open_dispute = row.disputed && !row.paid.has_value();
  order.judged = options.judged && !open_dispute;
  if (!open_dispute) {
    order.due_at = Midnight(row.due);
    order.late_at = Midnight(row.due.PlusDays(int64_t{options.late_after_days} + 1));
    order.settled_at = row.paid.has_value() ? Midnight(row.paid) : kNever;
    order.bad = order.settled_at >= order.late_at;
    order.known_at = std::min(order.settled_at, order.late_at);
    if (row.disputed) order.late_at = std::max(order.late_at, order.settled_at);
  }
  return into.Add(order);
}

absl::Status ReadLedger(std::istream& csv, LedgerMapping mapping, const HistoryFileOptions& options,
                        HistoryBuilder& into,
                        const std::function<bool(LedgerRefusal refusal)>& refused,
                        const std::function<bool(uint64_t line)>& progress) {
  absl::Status full;
  uint64_t rows = 0;  // not lines: a record may have several, and skip every multiple
  const OrderSink sink{[&](OrderRow row) {
                         if (progress && rows++ % kProgressLines == 0 && !progress(row.line)) {
                           return false;
                         }
                         const auto status = AddInvoice(row, options, into);
                         if (absl::IsResourceExhausted(status)) full = status;
                         return status.ok() || (full.ok() && refused({row.line, Message(status)}));
                       },
                       refused};
  const auto status = ReadOrders(csv, std::move(mapping), sink);
  return full.ok() ? status : full;
}

absl::Status BindOutcome(HistoryMapping& mapping, Fields header) {
  OutcomeMapping& outcome = *mapping.outcome;
  std::vector<Template*> all;
  for (auto& [type, made] : mapping.ledger.identifiers) all.push_back(&made);
  for (std::optional<Template>* made :
       {&outcome.at, &outcome.known, &outcome.bad, &outcome.due, &outcome.paid, &outcome.party,
        &mapping.ledger.amount, &mapping.ledger.currency}) {
    if (made->has_value()) all.push_back(&**made);
  }
  for (Template* made : all) {
    if (auto status = made->Bind(header); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ReadOutcomes(CsvReader& reader, const HistoryMapping& mapping, size_t columns,
                          const HistoryFileOptions& options, HistoryBuilder& into,
                          const std::function<bool(LedgerRefusal refusal)>& refused,
                          const std::function<bool(uint64_t line)>& progress) {
  for (uint64_t records = 0;; ++records) {
    const CsvReader::Result result = reader.Next();
    if (result == CsvReader::Result::kEnd) return absl::OkStatus();
    if (progress && records % kProgressLines == 0 && !progress(reader.line())) return Stopped();
    std::string problem;
    if (result == CsvReader::Result::kBad) {
      problem = reader.problem();
    } else if (reader.fields().size() != columns) {
      problem = "has " + std::to_string(reader.fields().size()) +
                " fields where the first line has " + std::to_string(columns);
    } else if (auto status = AddOutcome(mapping, options, reader.fields(), into); !status.ok()) {
      if (absl::IsResourceExhausted(status)) return status;
      problem = Message(status);
    }
    if (!problem.empty() && !refused({reader.line(), std::move(problem)})) return Stopped();
  }
}

}  // namespace

absl::Status ReadHistory(std::istream& csv, HistoryMapping mapping,
                         const HistoryFileOptions& options, HistoryBuilder& into,
                         const std::function<bool(LedgerRefusal refusal)>& refused,
                         const std::function<bool(uint64_t line)>& progress) {
  if (!mapping.outcome.has_value()) {
    return ReadLedger(csv, std::move(mapping.ledger), options, into, refused, progress);
  }
  CsvReader reader(csv, mapping.ledger.separator);
  const auto header = ReadCsvHeader(reader);
  if (!header.ok()) return header.status();
  if (auto status = BindOutcome(mapping, *header); !status.ok()) return status;
  auto status = ReadOutcomes(reader, mapping, header->size(), options, into, refused, progress);
  if (status.ok() && csv.bad()) {
    return absl::UnavailableError("the file could not be read to its end");
  }
  return status;
}

}  // namespace daftar::decision
