// Orders one by one: as they are taken, and what becomes of them.
#include <algorithm>
#include <utility>

#include "node/book/book.h"
#include "node/book/importer.h"
#include "node/book/order_rules.h"
#include "node/book/retry.h"
#include "node/decision/text.h"
#include "storage/audit.h"

namespace daftar::book {
namespace {

using storage::Column;

constexpr std::string_view kAddKind = "order-add";
constexpr std::string_view kOutcomeKind = "order-outcome";
constexpr std::string_view kLinked = "order.linked";
constexpr size_t kOrderKeyBytes = CustomerId::kSize + storage::BlindTag::kSize;
constexpr size_t kCustomerHexDigits = 2 * CustomerId::kSize;
// Of a number that the book makes: 60 random bits, so that of a million orders two have the same
// once in two million books, without looking at any of them.
constexpr size_t kMadeGroups = 3;
constexpr size_t kMadeGroupDigits = 4;
using MadeNumber = crypto::FixedBytes<struct MadeNumberTag, kMadeGroups * kMadeGroupDigits>;

// "O-7K3M-Q9TX-2FWH". The letters that are taken for digits (I, L, O) are not among them, nor U.
std::string NumberOf(const MadeNumber& drawn) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  static_assert(256 % kDigits.size() == 0);  // each digit is as likely as the next
  std::string number = "O";
  for (size_t i = 0; i < MadeNumber::kSize; ++i) {
    if (i % kMadeGroupDigits == 0) number += '-';
    number += kDigits[drawn.view()[i] % kDigits.size()];
  }
  return number;
}

absl::Status CheckDay(std::string_view what, evidence::Date day, evidence::Date invoiced,
                      evidence::Date today) {
  if (!day.has_value()) {
    return absl::InvalidArgumentError("the " + std::string(what) + " is missing, like 2026-10-01");
  }
  if (auto status = CheckNotToCome(what, day, today); !status.ok()) return status;
  if (day < invoiced) {
    return absl::InvalidArgumentError("the " + std::string(what) + " is before the invoice, of " +
                                      invoiced.ToString());
  }
  return absl::OkStatus();
}

absl::Status CheckNewOrder(const NewOrder& order, evidence::Date today) {
  absl::Status status = CheckDay("invoice date", order.invoiced, {}, today);
  if (status.ok()) status = CheckDue(order.due, order.invoiced);
  if (status.ok() && order.paid.has_value()) {
    status = CheckDay("date of payment", order.paid, order.invoiced, today);
  }
  if (status.ok()) status = CheckOrderAmount(order.amount);
  if (status.ok()) status = CheckCustomerName(order.name);
  if (!status.ok()) return status;
  if (order.invoice.size() > decision::kMaxInvoiceBytes || !decision::IsOneLine(order.invoice)) {
    return absl::InvalidArgumentError(
        "an invoice number has at most " + std::to_string(decision::kMaxInvoiceBytes) +
        " bytes of UTF-8 without control characters or direction marks");
  }
  if (order.terms.has_value() &&
      (*order.terms < decision::Terms::kCredit || *order.terms > decision::Terms::kPrepaid)) {
    return absl::InvalidArgumentError("terms are credit, cod, deposit or prepaid");
  }
  return absl::OkStatus();
}

// Where no day was said it is today, or the day of the invoice when the shop's day is ahead of
// UTC's.
Outcome Dated(const Outcome& said, evidence::Date today, const Order& order) {
  Outcome outcome = said;
  if (!said.day.has_value() && said.kind != OutcomeKind::kReopened) {
    outcome.day = std::max(today, order.invoiced);
  }
  return outcome;
}

absl::Status Apply(const Outcome& outcome, evidence::Date today, Order& order) {
  if (outcome.kind == OutcomeKind::kReopened) {
    if (outcome.day.has_value()) {
      return absl::InvalidArgumentError("an order is reopened without a date");
    }
    order.paid = {};
    order.written_off = {};
    order.said_late = false;
    return absl::OkStatus();
  }
  if (auto status = CheckDay("date", outcome.day, order.invoiced, today); !status.ok()) {
    return status;
  }
  switch (outcome.kind) {
    case OutcomeKind::kLate:
      if (outcome.day <= order.due) {
        return absl::FailedPreconditionError("it was due on " + order.due.ToString() +
                                             "; what was paid by then was not paid late");
      }
      [[fallthrough]];
    case OutcomeKind::kPaid:
      // Else a slip of the hand rewrites what weights were learnt from.
      if (order.paid.has_value() &&
          (order.paid != outcome.day || (order.said_late && outcome.kind == OutcomeKind::kPaid))) {
        return absl::FailedPreconditionError(
            "the order was " + std::string(order.said_late ? "paid late" : "paid") + " on " +
            order.paid.ToString() + "; reopen it first if that was wrong");
      }
      order.paid = outcome.day;
      order.said_late = outcome.kind == OutcomeKind::kLate;
      // Had it been paid by then, it would not have been given up.
      if (order.written_off >= order.paid) order.written_off = {};
      return absl::OkStatus();
    case OutcomeKind::kUnpaid:
      if (order.paid.has_value()) {
        return absl::FailedPreconditionError("the order was paid on " + order.paid.ToString() +
                                             "; reopen it first if that was wrong");
      }
      order.written_off = outcome.day;
      return absl::OkStatus();
    default:
      return absl::InvalidArgumentError("an outcome is paid, late, unpaid or reopened");
  }
}

// Without the days, which mean today to whoever leaves them out.
crypto::Writer Arguments(const NewOrder& order) {
  std::vector<identity::Identifier> identifiers = order.identifiers;
  std::sort(identifiers.begin(), identifiers.end());
  crypto::Writer writer;
  WriteContent(writer, identifiers);
  writer.Prefixed32(crypto::AsBytes(order.name)).Prefixed32(crypto::AsBytes(order.invoice));
  writer.U64(order.amount.minor).Raw(order.amount.currency.code());
  writer.U8(static_cast<uint8_t>(order.terms.value_or(decision::Terms::kCredit)));
  if (order.receipt.has_value()) writer.Raw(order.receipt->view());
  return writer;
}

// What is said of an order on the record.
std::string_view ActionOf(OutcomeKind kind, const Order& before, const Order& after) {
  Order linked = before;
  linked.receipt = after.receipt;
  if (linked == after) return kLinked;
  constexpr std::string_view kActions[] = {"order.paid", "order.late", "order.unpaid",
                                           "order.reopened"};
  return kActions[static_cast<size_t>(kind) - 1];
}

absl::Status NoSuchOrder() {
  return absl::NotFoundError(
      "no order has that id or invoice number; `daftar order list` shows those there are");
}

}  // namespace

absl::StatusOr<NamedOrder> Book::OrderAt(const storage::StoreReader& reader,
                                         crypto::ByteView key) const {
  const auto owner = CustomerId::Create(key.first(std::min(key.size(), CustomerId::kSize)));
  if (!owner.ok() || key.size() != kOrderKeyBytes) return MalformedRow("order");
  const auto row = reader.Get(Column::kOrders, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return NoSuchOrder();
  auto order = OpenOrder(key, **row);
  if (!order.ok()) return order.status();
  std::string name = OrderName(*owner, *order);
  return NamedOrder{std::move(name), *owner, *std::move(order)};
}

absl::StatusOr<std::optional<NamedOrder>> Book::EarlierOrder(crypto::ByteView request,
                                                             std::string_view kind,
                                                             const RequestContent& content) const {
  const auto earlier = FindEarlier(store_, request, kind, kOrderKeyBytes, content);
  if (!earlier.ok()) return earlier.status();
  if (!earlier->has_value()) return std::optional<NamedOrder>();
  auto order = OrderAt(store_, **earlier);
  if (!order.ok()) return order.status();
  return std::optional<NamedOrder>(*std::move(order));
}

absl::StatusOr<crypto::Bytes> Book::KeyByInvoice(const storage::StoreReader& reader,
                                                 std::string_view invoice) const {
  const storage::BlindTag tag = vault_.Tag("book/order", "invoice", invoice);
  std::vector<crypto::Bytes> found;
  const auto scanned =
      reader.Scan(Column::kOrders, {}, {}, [&](crypto::ByteView key, crypto::ByteView) {
        if (key.size() != kOrderKeyBytes) return true;
        const crypto::ByteView order = key.subspan(CustomerId::kSize);
        if (std::equal(order.begin(), order.end(), tag.data())) {
          found.push_back(crypto::ToBytes(key));
        }
        return found.size() < 2;
      });
  if (!scanned.ok()) return scanned;
  if (found.empty()) return NoSuchOrder();
  if (found.size() == 1) return std::move(found.front());
  std::string names;
  for (const crypto::Bytes& key : found) {
    const auto owner = CustomerId::Create(crypto::ByteView(key).first(CustomerId::kSize));
    names += " " + OrderName(*owner, invoice);
  }
  return absl::FailedPreconditionError(
      "more than one order has this invoice number; say which by its name, like" + names);
}

absl::StatusOr<crypto::Bytes> Book::FindOrderKey(const storage::StoreReader& reader,
                                                 std::string_view typed) const {
  const std::string_view name_or_invoice = decision::Trimmed(typed);
  if (name_or_invoice.empty() || name_or_invoice.size() > decision::kMaxInvoiceBytes) {
    return NoSuchOrder();
  }
  const auto owner = CustomerId::FromHexText(name_or_invoice.substr(0, kCustomerHexDigits));
  if (owner.ok()) {
    std::optional<crypto::Bytes> key;
    const auto scanned = ScanRow(reader, *owner, [&](const Order& order) {
      if (OrderName(*owner, order) == name_or_invoice) key = OrderKey(*owner, order.invoice);
      return !key.has_value();
    });
    if (!scanned.ok()) return scanned;
    if (key.has_value()) return *std::move(key);
    // A whole name of an order that is gone; the invoice numbers of all orders need not be read.
    if (name_or_invoice.size() == OrderName(*owner, "").size()) return NoSuchOrder();
  }
  return KeyByInvoice(reader, name_or_invoice);
}

absl::StatusOr<NamedOrder> Book::FindOrder(std::string_view name_or_invoice) const {
  const auto snapshot = store_.Snapshot();
  const auto key = FindOrderKey(*snapshot, name_or_invoice);
  if (!key.ok()) return key.status();
  return OrderAt(*snapshot, *key);
}

absl::StatusOr<NamedOrder> Book::AddOrderOnce(crypto::ByteView request, const NewOrder& order,
                                              std::vector<Told>& told) {
  const WriteGate::Together gate(gate_);
  const RequestContent content = ContentOf(vault_, kAddKind, Arguments(order));
  auto earlier = EarlierOrder(request, kAddKind, content);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) return **std::move(earlier);
  NewOrder made = order;
  if (made.invoice.empty()) made.invoice = NumberOf(entropy_.Public<MadeNumber>());
  Importer importer(*this);
  const auto key = importer.PlanNew(made);
  if (!key.ok()) return key.status();
  storage::Batch batch = importer.TakeBatch();
  RecordRequest(batch, request, kAddKind, *key, content);
  if (auto written = store_.Write(std::move(batch)); !written.ok()) return written;
  told = importer.TakeTold();
  return OrderAt(store_, *key);
}

absl::StatusOr<NamedOrder> Book::AddOrder(const storage::Caller& caller, const NewOrder& typed) {
  NewOrder order = typed;
  order.invoice = decision::Trimmed(typed.invoice);
  const auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  auto checked = CheckNewOrder(order, evidence::Date::Of(clock_.Now()));
  if (!checked.ok()) return checked;
  std::vector<Told> told;
  auto added = Retry([&] { return AddOrderOnce(*request, order, told); });
  Tell(told);
  return added;
}

absl::StatusOr<NamedOrder> Book::SetOutcomeOnce(
    const storage::Caller& caller, crypto::ByteView request, std::string_view name_or_invoice,
    const Outcome& said, const std::optional<ReceiptRef>& receipt, const std::string& because,
    std::vector<Told>& told) {
  const WriteGate::Together gate(gate_);
  crypto::Writer arguments;
  arguments.Prefixed32(crypto::AsBytes(name_or_invoice)).U8(static_cast<uint8_t>(said.kind));
  if (receipt.has_value()) arguments.Raw(receipt->view());
  const RequestContent content = ContentOf(vault_, kOutcomeKind, arguments);
  auto earlier = EarlierOrder(request, kOutcomeKind, content);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) return **std::move(earlier);
  const auto snapshot = store_.Snapshot();
  const auto key = FindOrderKey(*snapshot, name_or_invoice);
  if (!key.ok()) return key.status();
  const auto stored = snapshot->Get(Column::kOrders, *key);
  if (!stored.ok()) return stored.status();
  auto found = OrderAt(*snapshot, *key);
  if (!found.ok()) return found.status();
  Order order = found->order;
  const evidence::Date today = evidence::Date::Of(clock_.Now());
  const Outcome outcome = Dated(said, today, order);
  auto applied = Apply(outcome, today, order);
  if (!applied.ok()) return applied;
  if (receipt.has_value()) order.receipt = receipt;
  storage::Batch batch;
  RecordRequest(batch, request, kOutcomeKind, *key, content);
  if (order == found->order) {  // as it is already
    if (auto written = store_.Write(std::move(batch)); !written.ok()) return written;
    return *std::move(found);
  }
  batch.ExpectValue(Column::kOrders, *key, **stored);
  PutOrder(*key, order, batch);
  const std::string_view action = ActionOf(outcome.kind, found->order, order);
  std::string object = found->name;
  if (action == kLinked) {
    object += " " + order.receipt->hex();
  } else if (outcome.day.has_value()) {
    object += " " + outcome.day.ToString();
  }
  Audit(caller, action, std::move(object), because, batch);
  const auto whole = LoadWhole(*snapshot, found->customer);
  if (!whole.ok()) return whole.status();
  if (auto written = store_.Write(std::move(batch)); !written.ok()) return written;
  const bool tells = observer_ && OutcomeDiffers(found->order, order);
  found->order = std::move(order);
  if (tells) told = {{whole->front().row, *found}};
  return *std::move(found);
}

absl::StatusOr<NamedOrder> Book::SetOutcome(const storage::Caller& caller,
                                            std::string_view name_or_invoice,
                                            const Outcome& outcome,
                                            const std::optional<ReceiptRef>& receipt,
                                            const std::string& because) {
  const auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  if (!because.empty()) {
    if (auto status = storage::CheckBecause(because); !status.ok()) return status;
  }
  if (outcome.kind < OutcomeKind::kPaid || outcome.kind > OutcomeKind::kReopened) {
    return absl::InvalidArgumentError("an outcome is paid, late, unpaid or reopened");
  }
  std::vector<Told> told;
  auto set = Retry([&] {
    return SetOutcomeOnce(caller, *request, name_or_invoice, outcome, receipt, because, told);
  });
  Tell(told);
  return set;
}

}  // namespace daftar::book
