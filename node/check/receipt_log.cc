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
};

// The parts of what was sealed, good as long as the opened row.
struct RecordParts {
  uint8_t version = 0;
  crypto::ByteView body;
  crypto::ByteView beside;  // the sentences, who checked, and the trial
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

absl::StatusOr<ReceiptRecord> DecodeRecord(const RecordParts& parts) {
  ReceiptRecord record;
  Reader reader(parts.beside);
  for (std::string& sentence : record.because) sentence = reader.Text16();
  record.actor = reader.Text16();
  if (parts.version == kTrialVersion) {
    TrialEffect& trial = record.trial.emplace();
    trial.policy = reader.Take<crypto::Digest>();
    const uint8_t effect = reader.U8();
    if (effect < 1 || effect > static_cast<uint8_t>(decision::Effect::kDecline)) reader.Fail();
    trial.effect = static_cast<decision::Effect>(effect);
  }
  if (!reader.Finish("receipt").ok()) {
    return absl::DataLossError("a receipt's row is malformed");
  }
  auto decoded = decision::ReceiptBody::Decode(parts.body);
  if (!decoded.ok()) return absl::DataLossError("a receipt's body is malformed");
  record.body = *std::move(decoded);
  return record;
}

absl::StatusOr<RecordParts> PartsOf(const OpenedRow& row) {
  Reader reader(row.plain.Expose());
  RecordParts parts;
  parts.version = reader.U8();
  if (parts.version != kVersion && parts.version != kTrialVersion) reader.Fail();
  parts.body = reader.Prefixed32();
  parts.beside = reader.Raw(reader.remaining());
  if (!reader.ok()) return absl::DataLossError("a receipt's row is malformed");
  return parts;
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

absl::StatusOr<StoredReceipt> ReadRow(const storage::Vault& vault, const ReceiptId& id,
                                      crypto::ByteView row) {
  const auto opened = OpenRow(vault, RowKey(id), row);
  if (!opened.ok()) return opened.status();
  const auto parts = PartsOf(*opened);
  if (!parts.ok()) return parts.status();
  auto record = DecodeRecord(*parts);
  if (!record.ok()) return record.status();
  return StoredReceipt{id, opened->index, Commit(opened->salt, parts->body), opened->salt,
                       *std::move(record)};
}

absl::Status DoesNotFit(uint64_t index) {
  return absl::DataLossError("receipt " + std::to_string(index) +
                             " of the decision log does not fit its leaf: the database is damaged");
}

// Those of [first, end).
absl::StatusOr<std::vector<Leaf>> LeavesOf(const ReceiptView& view, uint64_t first, uint64_t end) {
  std::vector<Leaf> leaves;
  absl::Status malformed;
  const absl::Status read = view.ReadLeaves(first, end, [&](crypto::ByteView bytes) {
    auto leaf = ReadLeaf(bytes);
    if (leaf.ok()) leaves.push_back(*leaf);
    malformed = leaf.status();
    return malformed.ok();
  });
  if (!read.ok()) return read;
  if (!malformed.ok()) return malformed;
  return leaves;
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
  const auto row = store_.Get(Column::kReceipts, RowKey(id));
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return absl::NotFoundError("no receipt has the id " + id.hex() +
                               ", or its body was deleted after its retention");
  }
  return ReadRow(vault_, id, **row);
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
  for (uint64_t first = from; first < to; first += kReceiptsReadTogether) {
    const auto leaves = LeavesOf(*this, first, std::min(to, first + kReceiptsReadTogether));
    if (!leaves.ok()) return leaves.status();
    std::vector<Bytes> keys;
    for (const Leaf& leaf : *leaves) keys.push_back(RowKey(IdOf(leaf.commitment)));
    const auto rows = rows_->MultiGet(Column::kReceipts, keys);
    if (!rows.ok()) return rows.status();
    for (size_t i = 0; i < keys.size(); ++i) {
      const std::optional<Bytes>& row = (*rows)[i];
      if (!row.has_value()) continue;  // its body was deleted
      const auto opened = OpenRow(vault_, keys[i], *row);
      if (!opened.ok()) return opened.status();
      const auto parts = PartsOf(*opened);
      if (!parts.ok()) return parts.status();
      if (opened->index != first + i ||
          Commit(opened->salt, parts->body) != (*leaves)[i].commitment) {
        return DoesNotFit(first + i);
      }
      if (!visit({first + i, opened->salt, parts->body})) return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> ReceiptView::ReadNewestFirst(
    const ReceiptSpan& span, const std::function<bool(const StoredReceipt&)>& visit,
    const std::function<bool()>& stopped, const ReceiptLimits& limits) const {
  // Where the next reading goes on when all from `index` on were read.
  const auto next = [&span](uint64_t index) { return index > span.first ? index : 0; };
  uint64_t end = std::min(span.before, size());
  uint64_t looked_at = 0;
  uint64_t opened = 0;
  while (end > span.first && looked_at < limits.leaves) {
    if (stopped && stopped()) return absl::CancelledError("reading the decision log was stopped");
    const uint64_t first =
        std::max(span.first, end - std::min<uint64_t>(end, kReceiptsReadTogether));
    const auto leaves = LeavesOf(*this, first, end);
    if (!leaves.ok()) return leaves.status();
    looked_at += leaves->size();
    std::vector<uint64_t> wanted;
    std::vector<Bytes> keys;
    bool over = true;  // all of these are long before the span
    for (uint64_t index = end; index-- > first;) {
      const Leaf& leaf = (*leaves)[index - first];
      over = over && leaf.time < span.from &&
             span.from.value - leaf.time.value > kReceiptOrderSlack.count();
      if (leaf.time < span.from || leaf.time > span.to) continue;
      wanted.push_back(index);
      keys.push_back(RowKey(IdOf(leaf.commitment)));
    }
    if (over) return 0;
    end = first;
    const auto rows = rows_->MultiGet(Column::kReceipts, keys);
    if (!rows.ok()) return rows.status();
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (opened == limits.bodies) return wanted[i] + 1;
      ++opened;
      const std::optional<Bytes>& row = (*rows)[i];
      if (!row.has_value()) continue;  // its body was deleted
      const crypto::Digest& commitment = (*leaves)[wanted[i] - first].commitment;
      const auto receipt = ReadRow(vault_, IdOf(commitment), *row);
      if (!receipt.ok()) return receipt.status();
      if (receipt->index != wanted[i] || receipt->commitment != commitment) {
        return DoesNotFit(wanted[i]);
      }
      if (!visit(*receipt)) return next(wanted[i]);
    }
  }
  return next(end);
}

}  // namespace daftar::check
