#include "node/book/eraser.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "node/book/allowlist.h"
#include "node/book/retry.h"
#include "storage/audit.h"
#include "storage/purge.h"

namespace daftar::book {
namespace {

using storage::Column;

constexpr std::array<uint64_t EraseReport::*, 12> kCounts = {
    &EraseReport::customers_erased,     &EraseReport::customers_kept,
    &EraseReport::orders_erased,        &EraseReport::orders_kept,
    &EraseReport::identifiers_erased,   &EraseReport::identifiers_kept,
    &EraseReport::incident_identifiers, &EraseReport::allowed_erased,
    &EraseReport::incidents_erased,     &EraseReport::incidents_kept,
    &EraseReport::receipts_unlinked,    &EraseReport::incidents_left};

std::string Either(uint64_t n, const char* one, const char* many) {
  return n == 1 ? std::string(one) : std::to_string(n) + many;
}

// As FindEarlier; a row of an older version gets the count that it lacks, of which it had none.
absl::StatusOr<std::optional<crypto::Bytes>> EarlierErase(const storage::StoreReader& store,
                                                          crypto::ByteView request,
                                                          const RequestContent& content) {
  constexpr size_t kBytes = kCounts.size() * sizeof(uint64_t);
  constexpr size_t kBytesBefore = kBytes - sizeof(uint64_t);
  auto earlier = FindEarlier(store, request, kEraseKind, kBytes, content);
  if (!earlier.ok() || !earlier->has_value()) return earlier;
  if ((*earlier)->size() != kBytesBefore + RequestContent::kSize) return earlier;
  earlier = FindEarlier(store, request, kEraseKind, kBytesBefore, content);
  if (earlier.ok() && earlier->has_value()) (*earlier)->resize(kBytes);
  return earlier;
}

// Whose row an order's name begins with; nullopt for the name of no order.
std::optional<CustomerId> CustomerOf(std::string_view order) {
  const auto id = CustomerId::FromHexText(order.substr(0, std::min(order.find('-'), order.size())));
  return id.ok() ? std::optional(*id) : std::nullopt;
}

std::vector<std::string> ReasonsOf(const EraseReport& report) {
  std::vector<std::string> reasons;
  if (report.orders_kept > 0) {
    reasons.push_back(Either(report.orders_kept,
                             "one of the orders is not paid: it stays, with its amount, dates and "
                             "identifiers, until it is",
                             " of the orders are not paid: they stay, with their amounts, dates "
                             "and identifiers, until they are") +
                      "; erase again then");
  }
  if (report.incident_identifiers > 0) {
    reasons.push_back(Either(report.incident_identifiers,
                             "one of the identifiers is named in incidents that partners have or "
                             "are to have: it stays as long as",
                             " of the identifiers are named in incidents that partners have or "
                             "are to have: they stay as long as") +
                      " those do, which are evidence with a procedure of their own");
  }
  if (report.incidents_kept > 0) {
    reasons.push_back(Either(report.incidents_kept,
                             "one incident that was never shared names an identifier that stays: "
                             "it stays whole until that goes",
                             " incidents that were never shared name an identifier that stays: "
                             "they stay whole until that goes") +
                      "; erase again then");
  }
  if (report.incidents_left > 0) {
    reasons.push_back(Either(report.incidents_left,
                             "one incident that was never shared is about somebody else: it stays, "
                             "without what was erased",
                             " incidents that were never shared are about others: they stay, "
                             "without what was erased"));
  }
  if (report.receipts_unlinked > 0) {
    reasons.push_back(Either(report.receipts_unlinked, "the receipt of one check stays",
                             " receipts of checks stay") +
                      " in the decision log; no identifier stands there or finds it any more");
  }
  return reasons;
}

}  // namespace

crypto::Bytes EncodeEraseReport(const EraseReport& report) {
  crypto::Writer writer;
  for (const auto count : kCounts) writer.U64(report.*count);
  return writer.Take();
}

absl::StatusOr<EraseReport> DecodeEraseReport(crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  EraseReport report;
  for (const auto count : kCounts) report.*count = reader.U64();
  if (!reader.Finish("erase").ok()) {
    return absl::DataLossError("a row of the request log is malformed");
  }
  report.reasons = ReasonsOf(report);
  return report;
}

std::string Eraser::object() const {
  std::string ids;
  for (const CustomerId& row : rows_) ids += (ids.empty() ? "" : " ") + row.hex();
  return ids;
}

bool Eraser::IsPaid(const CustomerId& row, const Order& order) const {
  decision::RemarkedOrder as_left{order};
  if (remarked_) as_left = remarked_({OrderName(row, order), row, order});
  // A payment that was taken back is owed again.
  if (as_left.taken_back && decision::IsSpoilt(as_left)) return false;
  return as_left.facts.paid.has_value() && as_left.facts.paid <= today_;
}

absl::Status Eraser::PlanOrders(const CustomerId& row) {
  return book_.ScanRow(book_.store_, row, [&](const Order& order) {
    if (IsPaid(row, order)) {
      ++report_.orders_erased;
      batch_.Delete(Column::kOrders, book_.OrderKey(row, order.invoice));
    } else {
      ++report_.orders_kept;
      rows_with_orders_.insert(row);
      in_debt_.insert(order.identifiers.begin(), order.identifiers.end());
    }
    return true;
  });
}

absl::StatusOr<std::optional<Customer>> Eraser::PlanRow(const Customer& row) {
  Customer left;
  left.id = row.id;
  left.created_at = row.created_at;
  left.merged_into = row.merged_into;
  left.joined = row.joined;
  for (const identity::Identifier& identifier : row.identifiers) {
    const auto named = incidents_({&identifier, 1});
    if (!named.ok()) return named.status();
    report_.incident_identifiers += *named > 0 ? 1 : 0;
    if (*named > 0 || in_debt_.count(identifier) != 0) {
      left.identifiers.push_back(identifier);
      continue;
    }
    erased_.insert(identifier);
    const crypto::Bytes key = book_.IdentifierKey(identifier);
    batch_.ExpectValue(Column::kIdentifiers, key, Book::EncodeOwner(row.id));
    batch_.Delete(Column::kIdentifiers, key);
  }
  report_.identifiers_kept += left.identifiers.size();
  if (left.identifiers.empty() && rows_with_orders_.count(row.id) == 0) {
    return std::optional<Customer>();
  }
  return std::optional<Customer>(std::move(left));
}

void Eraser::PlanRows(const Book::Whole& whole, std::vector<Customer> left) {
  const CustomerId root = whole.front().row.id;
  const auto is_left = [&left](const CustomerId& id) {
    return std::any_of(left.begin(), left.end(), [&id](const Customer& c) { return c.id == id; });
  };
  if (!left.empty() && !is_left(root)) {  // the members still need it
    Customer bare;
    bare.id = root;
    bare.created_at = whole.front().row.created_at;
    left.insert(left.begin(), std::move(bare));
  }
  for (Customer& row : left) {
    if (row.id == root) {
      for (const Customer& other : left) {
        if (other.id != root) row.members.push_back(other.id);
      }
    } else if (!is_left(*row.joined)) {
      row.joined = root;
    }
  }
  for (const Book::StoredCustomer& stored : whole) {
    if (is_left(stored.row.id)) continue;
    const crypto::Bytes key = crypto::ToBytes(stored.row.id.view());
    batch_.ExpectValue(Column::kCustomers, key, stored.sealed);
    batch_.Delete(Column::kCustomers, key);
    ++report_.customers_erased;
  }
  report_.customers_kept = left.size();
  book_.Replace(whole, left, batch_);
}

// Only customers who were merged once name each other's identifiers, but nothing tells who they
// were.
absl::Status Eraser::FindOthers() {
  if (all_.empty()) return absl::OkStatus();
  absl::Status problem;
  const auto scanned = book_.store_.Scan(
      Column::kOrders, {}, {}, [&](crypto::ByteView key, crypto::ByteView sealed) {
        const auto owner = CustomerId::Create(key.first(std::min(key.size(), CustomerId::kSize)));
        problem = owner.status();
        if (!owner.ok()) return false;
        if (rows_.count(*owner) != 0) return true;
        auto order = book_.OpenOrder(key, sealed);
        problem = order.status();
        if (!order.ok()) return false;
        const auto is_theirs = [this](const auto& identifier) {
          return all_.count(identifier) != 0;
        };
        const auto& named = order->identifiers;
        if (std::none_of(named.begin(), named.end(), is_theirs)) return true;
        const auto whole = book_.LoadWhole(book_.store_, *owner);
        problem = whole.status();
        if (!whole.ok()) return false;
        auto of_owner = MakeProfile(Book::Rows(*whole)).identifiers;
        // Nobody else could be asked for the money.
        if (!IsPaid(*owner, *order) && of_owner.empty() &&
            std::all_of(named.begin(), named.end(), is_theirs)) {
          ++report_.orders_kept;
          in_debt_.insert(named.begin(), named.end());
        }
        others_.push_back({crypto::ToBytes(key), crypto::ToBytes(sealed), *std::move(order),
                           std::move(of_owner)});
        return true;
      });
  return scanned.ok() ? problem : scanned;
}

void Eraser::PlanOthers() {
  for (Naming& other : others_) {
    auto& named = other.order.identifiers;
    const size_t before = named.size();
    named.erase(
        std::remove_if(named.begin(), named.end(),
                       [this](const auto& identifier) { return erased_.count(identifier) != 0; }),
        named.end());
    if (named.size() == before) continue;
    if (named.empty()) {  // it stays its own customer's, who has others
      named = std::move(other.of_owner);
      if (named.size() > kMaxIdentifiersPerOrder) {
        named.erase(named.begin() + kMaxIdentifiersPerOrder, named.end());
      }
    }
    batch_.ExpectValue(Column::kOrders, other.key, std::move(other.sealed));
    if (named.empty()) {
      ++report_.orders_erased;
      batch_.Delete(Column::kOrders, other.key);
    } else {
      book_.PutOrder(other.key, other.order, batch_);
    }
  }
}

absl::StatusOr<std::vector<identity::Identifier>> Eraser::LeftOf(
    std::string_view order, std::span<const identity::Identifier> named,
    const IsShared& is_shared) const {
  const std::vector<identity::Identifier> none;
  std::vector<identity::Identifier> left;
  std::vector<identity::Identifier> ties;  // what is left that is one person's
  bool is_tied = false;                    // by an identifier that was the person's alone
  for (const identity::Identifier& identifier : named) {
    const auto shared = is_shared(identifier);
    if (!shared.ok()) return shared.status();
    const bool goes = erased_.count(identifier) != 0;
    if (!goes) left.push_back(identifier);
    if (!*shared && !goes) ties.push_back(identifier);
    if (!*shared && goes) is_tied = true;
  }
  if (const auto row = CustomerOf(order); row.has_value()) {
    if (rows_.count(*row) != 0) return none;
    const auto whole = book_.LoadWhole(book_.store_, *row);
    if (!whole.ok() && !absl::IsNotFound(whole.status())) return whole.status();
    if (whole.ok()) return left.empty() ? MakeProfile(Book::Rows(*whole)).identifiers : left;
  }
  if (!is_tied) return left;
  for (const identity::Identifier& identifier : ties) {
    if (all_.count(identifier) != 0) continue;
    const auto holder = book_.FindByIdentifier(identifier);
    if (!holder.ok()) return holder.status();
    if (holder->has_value()) return left;
  }
  return none;
}

absl::Status Eraser::PlanElsewhere() {
  if (!elsewhere_) return absl::OkStatus();
  const std::vector<identity::Identifier> gone(erased_.begin(), erased_.end());
  std::vector<identity::Identifier> kept;
  std::set_difference(all_.begin(), all_.end(), erased_.begin(), erased_.end(),
                      std::back_inserter(kept));
  const Leaving leaving{gone, kept, names_, [this](auto order, auto named, auto shared) {
                          return LeftOf(order, named, shared);
                        }};
  const auto erased = elsewhere_(leaving, batch_);
  if (!erased.ok()) return erased.status();
  report_.incidents_erased = erased->incidents;
  report_.incidents_kept = erased->incidents_kept;
  report_.incidents_left = erased->incidents_left;
  report_.receipts_unlinked = erased->receipts;
  return absl::OkStatus();
}

absl::Status Eraser::Plan(const CustomerId& id) {
  const auto whole = book_.LoadWhole(book_.store_, id);
  if (!whole.ok()) return whole.status();
  for (const Book::StoredCustomer& stored : *whole) {
    rows_.insert(stored.row.id);
    all_.insert(stored.row.identifiers.begin(), stored.row.identifiers.end());
    if (!stored.row.name.empty()) names_.push_back(stored.row.name);
    if (auto status = PlanOrders(stored.row.id); !status.ok()) return status;
  }
  if (auto status = FindOthers(); !status.ok()) return status;
  std::vector<Customer> left;
  for (const Book::StoredCustomer& stored : *whole) {
    auto row = PlanRow(stored.row);
    if (!row.ok()) return row.status();
    if (row->has_value()) left.push_back(**std::move(row));
  }
  PlanRows(*whole, std::move(left));
  PlanOthers();
  const std::vector<identity::Identifier> all(all_.begin(), all_.end());
  const auto allowed = Allowlist::EraseFrom(book_.store_, book_.vault_, all, batch_);
  if (!allowed.ok()) return allowed.status();
  report_.allowed_erased = *allowed;
  if (auto status = PlanElsewhere(); !status.ok()) return status;
  report_.identifiers_erased = erased_.size();
  report_.reasons = ReasonsOf(report_);
  return absl::OkStatus();
}

absl::StatusOr<EraseReport> Book::Erase(const storage::Caller& caller, const CustomerId& id,
                                        const IncidentCount& incidents, const std::string& because,
                                        const EraseElsewhere& elsewhere,
                                        const OrderRemarks& remarked) {
  const auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  if (auto status = storage::CheckBecause(because); !status.ok()) return status;
  const RequestContent content = ContentOf(vault_, kEraseKind, crypto::Writer().Raw(id.view()));
  return Retry([&]() -> absl::StatusOr<EraseReport> {
    const WriteGate::Alone gate(gate_);
    const auto earlier = EarlierErase(store_, *request, content);
    if (!earlier.ok()) return earlier.status();
    if (earlier->has_value()) return DecodeEraseReport(**earlier);
    Eraser eraser(*this, incidents, elsewhere, remarked, evidence::Date::Of(clock_.Now()));
    if (auto status = eraser.Plan(id); absl::IsNotFound(status)) {
      return absl::NotFoundError("the book has no customer " + id.hex() +
                                 " (any more), so nothing of them is left to erase");
    } else if (!status.ok()) {
      return status;
    }
    storage::Batch batch = eraser.TakeBatch();
    RecordRequest(batch, *request, kEraseKind, EncodeEraseReport(eraser.report()), content);
    Audit(caller, "customer.erase", eraser.object(), because, batch);
    storage::AskForPurge(batch, *request);
    if (auto written = store_.Write(std::move(batch)); !written.ok()) return written;
    return eraser.report();
  });
}

}  // namespace daftar::book
