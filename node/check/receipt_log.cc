#include "node/check/receipt_log.h"

#include <algorithm>
#include <set>

#include "crypto/hash.h"
#include "storage/requests.h"

namespace daftar::check {
namespace {

using crypto::Bytes;
using crypto::Reader;
using crypto::Writer;
using storage::Batch;
using storage::Column;
using storage::kDecisionLog;

constexpr uint8_t kVersion = 2;       // 1 had one language and other bodies
constexpr uint8_t kTrialVersion = 3;  // ends with what a policy on trial would have answered
constexpr std::string_view kLeafMagic = "DFR1";
constexpr std::string_view kRequestKind = "check";
using ReceiptSalt = crypto::FixedBytes<struct ReceiptSaltTag, 32>;

Bytes RowKey(const ReceiptId& id) { return Writer().U8('r').Raw(id.view()).Take(); }

Bytes SubjectPrefix(const decision::Subject& subject) {
  return Writer().U8('s').Raw(subject.view()).Take();
}

Bytes SubjectKey(const decision::Subject& subject, evidence::UnixMillis time, const ReceiptId& id) {
  return Writer()
      .Raw(SubjectPrefix(subject))
      .U64(static_cast<uint64_t>(time.value))
      .Raw(id.view())
      .Take();
}

crypto::Digest Commit(crypto::ByteView salt, crypto::ByteView body) {
  return crypto::Sha256({crypto::AsBytes("daftar/receipt/v1"), salt, body});
}

ReceiptId IdOf(const crypto::Digest& commitment) {
  return *ReceiptId::Create(commitment.view().first(ReceiptId::kSize));
}

struct Leaf {
  evidence::UnixMillis time;
  crypto::Digest commitment;
};

absl::StatusOr<Leaf> ReadLeaf(crypto::ByteView bytes) {
  Reader reader(bytes);
  reader.Raw(kLeafMagic.size());
  Leaf leaf;
  leaf.time.value = static_cast<int64_t>(reader.U64());
  leaf.commitment = reader.Take<crypto::Digest>();
  if (!reader.Finish("a leaf of the decision log").ok()) {
    return absl::DataLossError("a leaf of the decision log is malformed");
  }
  return leaf;
}

// A receipt's row, opened.
struct OpenedRow {
  uint64_t index = 0;
  Bytes salt;
  crypto::SecretBytes plain;

  // The reader stands at what follows the body: the sentences, who checked, and the trial.
  crypto::ByteView Body(Reader& record, uint8_t& version) const {
    version = record.U8();
    if (version != kVersion && version != kTrialVersion) record.Fail();
    return record.Prefixed32();
  }
};

// Without a trial the record is as it was before there were any, and older programs read it.
Bytes EncodeRecord(const ReceiptRecord& record, crypto::ByteView body) {
  Writer plain;
  plain.U8(record.trial.has_value() ? kTrialVersion : kVersion).Prefixed32(body);
  for (const std::string& sentence : record.because) plain.Prefixed16(crypto::AsBytes(sentence));
  plain.Prefixed16(crypto::AsBytes(record.actor));
  if (record.trial.has_value()) {
    plain.Raw(record.trial->policy.view()).U8(static_cast<uint8_t>(record.trial->effect));
  }
  return plain.Take();
}

// `beside` is what follows the body.
absl::StatusOr<ReceiptRecord> DecodeRecord(uint8_t version, crypto::ByteView body,
                                           crypto::ByteView beside) {
  ReceiptRecord record;
  Reader reader(beside);
  for (std::string& sentence : record.because) sentence = reader.Text16();
  record.actor = reader.Text16();
  if (version == kTrialVersion) {
    TrialEffect& trial = record.trial.emplace();
    trial.policy = reader.Take<crypto::Digest>();
    const uint8_t effect = reader.U8();
    if (effect < 1 || effect > static_cast<uint8_t>(decision::Effect::kDecline)) reader.Fail();
    trial.effect = static_cast<decision::Effect>(effect);
  }
  if (!reader.Finish("receipt").ok()) {
    return absl::DataLossError("a receipt's row is malformed");
  }
  auto decoded = decision::ReceiptBody::Decode(body);
  if (!decoded.ok()) return absl::DataLossError("a receipt's body is malformed");
  record.body = *std::move(decoded);
  return record;
}

absl::StatusOr<OpenedRow> OpenRow(const storage::Vault& vault, const Bytes& key,
                                  crypto::ByteView row) {
  Reader reader(row);
  const uint64_t index = reader.U64();
  Bytes salt = crypto::ToBytes(reader.Raw(ReceiptSalt::kSize));
  auto plain = vault.Open(Column::kReceipts, key, reader.Raw(reader.remaining()));
  if (!reader.ok()) return absl::DataLossError("a receipt's row is malformed");
  if (!plain.ok()) return plain.status();
  return OpenedRow{index, std::move(salt), *std::move(plain)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<ReceiptLog>> ReceiptLog::Open(storage::Store& store,
                                                             const storage::Vault& vault,
                                                             crypto::Entropy& entropy) {
  std::unique_ptr<ReceiptLog> log(new ReceiptLog(store, vault, entropy));
  auto tree = log->log_.Load(kDecisionLog);
  if (!tree.ok()) return tree.status();
  log->tree_ = *std::move(tree);
  storage::MutexLock lock(log->mutex_);
  log->head_ = Size{log->tree_.size(), log->tree_.Root()};
  return log;
}

// The next in line that share a write. A request that is in it already waits for the write after,
// which finds the first one's receipt.
std::vector<ReceiptLog::Waiting*> ReceiptLog::NextGroup() {
  std::vector<Waiting*> group;
  std::set<Bytes> requests;
  while (!queue_.empty() && group.size() < kMaxReceiptsPerWrite) {
    Waiting* next = queue_.front();
    if (!next->request_key.empty() && !requests.insert(next->request_key).second) break;
    group.push_back(next);
    queue_.pop_front();
  }
  return group;
}

absl::StatusOr<ReceiptLog::Appended> ReceiptLog::Append(const ReceiptRecord& record,
                                                        const Bytes& request_key) {
  Waiting mine;
  const Bytes body = record.body.Encode();
  const auto salt = entropy_.Public<ReceiptSalt>();
  const crypto::Digest commitment = Commit(salt.view(), body);
  mine.id = IdOf(commitment);
  mine.leaf = Writer()
                  .Raw(kLeafMagic)
                  .U64(static_cast<uint64_t>(record.body.time.value))
                  .Raw(commitment.view())
                  .Take();
  mine.row_key = RowKey(mine.id);
  mine.salt = crypto::ToBytes(salt.view());
  for (const decision::Subject& subject : record.body.subjects) {
    mine.subject_keys.push_back(SubjectKey(subject, record.body.time, mine.id));
  }
  mine.sealed = vault_.Seal(Column::kReceipts, mine.row_key, EncodeRecord(record, body));
  mine.request_key = request_key;

  storage::MutexLock lock(mutex_);
  if (queue_.size() >= kMaxWaitingReceipts) {
    return absl::ResourceExhaustedError("too many checks wait for their receipts; try again");
  }
  queue_.push_back(&mine);
  while (!mine.done) {
    if (writing_) {
      changed_.Wait(mutex_);
      continue;
    }
    writing_ = true;
    const std::vector<Waiting*> group = NextGroup();
    mutex_.Unlock();
    WriteGroup(group);
    mutex_.Lock();
    for (Waiting* written : group) written->done = true;
    head_ = Size{tree_.size(), tree_.Root()};
    writing_ = false;
    changed_.NotifyAll();
  }
  if (!mine.status.ok()) return mine.status;
  return Appended{mine.id, mine.is_new};
}

void ReceiptLog::WriteGroup(const std::vector<Waiting*>& group) {
  crypto::CompactTree grown = tree_;
  Batch batch;
  std::vector<Bytes> leaves;
  for (Waiting* waiting : group) {
    Writer row;
    row.U64(tree_.size() + leaves.size()).Raw(waiting->salt).Raw(waiting->sealed);
    batch.Put(Column::kReceipts, waiting->row_key, row.Take());
    for (const Bytes& key : waiting->subject_keys) batch.Put(Column::kReceipts, key, {});
    if (!waiting->request_key.empty()) {
      storage::RequestLog::Record(batch, waiting->request_key, kRequestKind, waiting->id.view());
    }
    leaves.push_back(waiting->leaf);
  }
  absl::Status status = log_.Append(kDecisionLog, leaves, grown, batch);
  if (status.ok()) status = store_.Write(std::move(batch));
  if (status.ok()) tree_ = std::move(grown);
  if (absl::IsAborted(status) && group.size() > 1) {
    // One of them repeats a request that just succeeded: write each by itself.
    for (Waiting* waiting : group) WriteGroup({waiting});
    return;
  }
  for (Waiting* waiting : group) {
    waiting->status = status;
    if (!absl::IsAborted(status)) continue;
    auto earlier = OfRequest(waiting->request_key);
    if (earlier.ok() && earlier->has_value()) {
      waiting->id = **earlier;
      waiting->is_new = false;
      waiting->status = absl::OkStatus();
    }
  }
}

absl::StatusOr<std::optional<ReceiptId>> ReceiptLog::OfRequest(const Bytes& request_key) const {
  auto row = storage::RequestLog::Find(store_, request_key, kRequestKind);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  auto id = ReceiptId::Create(**row);
  if (!id.ok()) return absl::DataLossError("a request's row is malformed");
  return *id;
}

absl::StatusOr<StoredReceipt> ReceiptLog::Get(const ReceiptId& id) const {
  const Bytes key = RowKey(id);
  auto row = store_.Get(Column::kReceipts, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return absl::NotFoundError("no receipt has the id " + id.hex() +
                               ", or its body was deleted after its retention");
  }
  const auto opened = OpenRow(vault_, key, **row);
  if (!opened.ok()) return opened.status();
  StoredReceipt receipt;
  receipt.id = id;
  receipt.index = opened->index;
  Reader reader(opened->plain.Expose());
  uint8_t version = 0;
  const crypto::ByteView body = opened->Body(reader, version);
  const crypto::ByteView beside = reader.Raw(reader.remaining());
  if (!reader.ok()) return absl::DataLossError("a receipt's row is malformed");
  auto record = DecodeRecord(version, body, beside);
  if (!record.ok()) return record.status();
  receipt.commitment = Commit(opened->salt, body);
  receipt.salt = opened->salt;
  receipt.record = *std::move(record);
  return receipt;
}

absl::StatusOr<std::vector<ReceiptLog::Made>> ReceiptLog::About(const decision::Subject& subject,
                                                                evidence::UnixMillis from,
                                                                evidence::UnixMillis to) const {
  std::deque<Made> found;
  absl::Status malformed;
  const Bytes prefix = SubjectPrefix(subject);
  const Bytes start = SubjectKey(subject, std::max(from, evidence::UnixMillis{0}), ReceiptId());
  const auto scanned =
      store_.Scan(Column::kReceipts, prefix, start, [&](crypto::ByteView key, crypto::ByteView) {
        Reader reader(key.subspan(prefix.size()));
        const auto time = static_cast<int64_t>(reader.U64());
        const auto id = reader.Take<ReceiptId>();
        malformed = reader.Finish("a receipt's subject");
        if (!malformed.ok() || time > to.value) return false;
        found.push_front({{time}, id});
        if (found.size() > kMaxReceiptsAbout) found.pop_back();
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!malformed.ok()) return absl::DataLossError("a receipt's row is malformed");
  return std::vector<Made>(found.begin(), found.end());
}

absl::StatusOr<uint64_t> ReceiptLog::ReadBack(
    const ReadBackFrom& begin, const std::function<bool(const StoredReceipt&)>& visit) const {
  uint64_t next = std::min(begin.before, Head().size);
  size_t looked_at = 0;
  size_t opened = 0;
  while (next > 0 && looked_at < kMaxLeavesReadBack) {
    const uint64_t first = next - std::min<uint64_t>(next, kReceiptsReadTogether);
    std::vector<Leaf> leaves;
    absl::Status malformed;
    const absl::Status read =
        log_.ReadLeaves(kDecisionLog, first, next, [&](uint64_t, crypto::ByteView bytes) {
          auto leaf = ReadLeaf(bytes);
          if (leaf.ok()) leaves.push_back(*leaf);
          malformed = leaf.status();
          return malformed.ok();
        });
    if (!read.ok()) return read;
    if (!malformed.ok()) return malformed;
    for (; next > first; --next) {
      const Leaf& leaf = leaves[next - 1 - first];
      ++looked_at;
      if (leaf.time < begin.from) {
        if (leaf.time.value + kMostOutOfOrderMillis < begin.from.value) return 0;
        continue;
      }
      if (leaf.time > begin.to) continue;
      if (opened == kMaxReceiptsReadBack) return next;
      ++opened;
      const auto receipt = Get(IdOf(leaf.commitment));
      if (absl::IsNotFound(receipt.status())) continue;  // its body was deleted
      if (!receipt.ok()) return receipt.status();
      if (receipt->index != next - 1 || receipt->commitment != leaf.commitment) {
        return absl::DataLossError("receipt " + std::to_string(next - 1) +
                                   " of the decision log does not fit its leaf: the database is "
                                   "damaged");
      }
      if (!visit(*receipt)) return next - 1;
    }
  }
  return next;
}

absl::StatusOr<uint64_t> ReceiptLog::Unlink(std::span<const decision::Subject> subjects,
                                            Batch& batch) const {
  std::set<Bytes> receipts;
  for (const decision::Subject& subject : subjects) {
    const Bytes prefix = SubjectPrefix(subject);
    const auto scanned =
        store_.Scan(Column::kReceipts, prefix, prefix, [&](crypto::ByteView key, crypto::ByteView) {
          receipts.insert(crypto::ToBytes(key.last(std::min(key.size(), ReceiptId::kSize))));
          batch.Delete(Column::kReceipts, crypto::ToBytes(key));
          return true;
        });
    if (!scanned.ok()) return scanned;
  }
  return receipts.size();
}

ReceiptLog::Size ReceiptLog::Head() const {
  storage::MutexLock lock(mutex_);
  return head_;
}

absl::StatusOr<ReceiptView> ReceiptLog::View() const {
  std::unique_ptr<storage::StoreReader> rows = store_.Snapshot();
  auto tree = storage::LogStore(*rows).Load(kDecisionLog);
  if (!tree.ok()) return tree.status();
  return ReceiptView(std::move(rows), vault_, *std::move(tree));
}

absl::Status ReceiptView::ReadLeaves(
    uint64_t from, uint64_t to, const std::function<bool(crypto::ByteView leaf)>& visit) const {
  return storage::LogStore(*rows_).ReadLeaves(
      kDecisionLog, from, to, [&visit](uint64_t, crypto::ByteView leaf) { return visit(leaf); });
}

absl::Status ReceiptView::ReadKept(
    uint64_t from, uint64_t to, const std::function<bool(const CommittedReceipt&)>& visit) const {
  bool more = true;
  for (uint64_t first = from; first < to && more; first += kReceiptsReadTogether) {
    std::vector<Bytes> leaves;
    absl::Status status =
        ReadLeaves(first, std::min(to, first + kReceiptsReadTogether), [&](crypto::ByteView leaf) {
          leaves.push_back(crypto::ToBytes(leaf));
          return true;
        });
    const auto give = [&visit](const Kept& kept) { return visit(kept.committed); };
    if (status.ok()) status = ReadTogether(first, leaves, give, more);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ReceiptView::ReadNewestFirst(const ReceiptSpan& span,
                                          const std::function<bool(const StoredReceipt&)>& visit,
                                          const std::function<bool()>& stopped) const {
  const auto is_in = [&span](evidence::UnixMillis time) {
    return time >= span.from && time <= span.to;
  };
  const int64_t slack = kReceiptOrderSlack.count();
  for (uint64_t end = size(); end > span.first;) {
    if (stopped && stopped()) return absl::CancelledError("reading the decision log was stopped");
    const uint64_t first =
        std::max(span.first, end - std::min<uint64_t>(end, kReceiptsReadTogether));
    std::vector<Bytes> leaves;
    bool wanted = false;
    bool over = true;  // all of these are long before the span
    absl::Status status = ReadLeaves(first, end, [&](crypto::ByteView leaf) {
      const auto parts = ReadLeaf(leaf);
      wanted = wanted || !parts.ok() || is_in(parts->time);
      over = over && parts.ok() && parts->time.value < span.from.value &&
             span.from.value - parts->time.value > slack;
      leaves.push_back(crypto::ToBytes(leaf));
      return true;
    });
    if (!status.ok()) return status;
    if (over) return absl::OkStatus();
    end = first;
    if (!wanted) continue;
    std::vector<StoredReceipt> together;
    absl::Status failed;
    bool more = true;
    const auto take = [&](const Kept& kept) {
      auto record = DecodeRecord(kept.version, kept.committed.body, kept.beside);
      failed = record.status();
      if (!record.ok()) return false;
      if (!is_in(record->body.time)) return true;
      together.push_back({IdOf(kept.commitment), kept.committed.index, kept.commitment,
                          crypto::ToBytes(kept.committed.salt), *std::move(record)});
      return true;
    };
    status = ReadTogether(first, leaves, take, more);
    if (!failed.ok()) return failed;
    if (!status.ok()) return status;
    for (auto receipt = together.rbegin(); receipt != together.rend(); ++receipt) {
      if (!visit(*receipt)) return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

absl::Status ReceiptView::ReadTogether(uint64_t first, const std::vector<Bytes>& leaves,
                                       const std::function<bool(const Kept&)>& visit,
                                       bool& more) const {
  std::vector<crypto::Digest> commitments;
  std::vector<Bytes> keys;
  for (const Bytes& leaf : leaves) {
    const auto read = ReadLeaf(leaf);
    if (!read.ok()) return read.status();
    commitments.push_back(read->commitment);
    keys.push_back(RowKey(IdOf(commitments.back())));
  }
  const auto rows = rows_->MultiGet(Column::kReceipts, keys);
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < keys.size() && more; ++i) {
    const std::optional<Bytes>& row = (*rows)[i];
    if (!row.has_value()) continue;  // its body was deleted
    const auto opened = OpenRow(vault_, keys[i], *row);
    if (!opened.ok()) return opened.status();
    Reader record(opened->plain.Expose());
    uint8_t version = 0;
    const crypto::ByteView body = opened->Body(record, version);
    const crypto::ByteView beside = record.Raw(record.remaining());
    if (!record.ok() || opened->index != first + i ||
        Commit(opened->salt, body) != commitments[i]) {
      return absl::DataLossError("receipt " + std::to_string(first + i) +
                                 " of the decision log does not fit its leaf: the database is "
                                 "damaged");
    }
    more = visit({{first + i, opened->salt, body}, commitments[i], version, beside});
  }
  return absl::OkStatus();
}

}  // namespace daftar::check
