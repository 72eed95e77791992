// Which customers are one, and which groups they were put into.
#include <algorithm>
#include <set>
#include <utility>

#include "node/book/book.h"
#include "node/book/retry.h"
#include "storage/audit.h"

namespace daftar::book {
namespace {

using storage::Column;

constexpr std::string_view kMergeKind = "customer-merge";
constexpr std::string_view kUnmergeKind = "customer-unmerge";
constexpr std::string_view kGroupsKind = "customer-groups";

// Those of the whole that were merged into `top`, directly or through others, and `top` itself.
std::set<CustomerId> Below(const std::vector<Customer>& rows, const CustomerId& top) {
  std::set<CustomerId> below = {top};
  for (bool grew = true; grew;) {
    grew = false;
    for (const Customer& row : rows) {
      if (row.joined.has_value() && below.count(*row.joined) != 0) {
        grew = below.insert(row.id).second || grew;
      }
    }
  }
  return below;
}

absl::Status CheckChange(const GroupChange& change, const std::vector<decision::Group>& known,
                         const std::vector<std::string>& held) {
  if (change.add.empty() && change.remove.empty()) {
    return absl::InvalidArgumentError(
        "name a group to put the customer into, or to take it out of");
  }
  const auto is_known = [&known](const std::string& name) {
    return std::any_of(known.begin(), known.end(),
                       [&name](const decision::Group& group) { return group.terms.name == name; });
  };
  const auto unknown = absl::NotFoundError(
      "the shop has no group of that name; `daftar group list` shows those that there are");
  for (const std::string& name : change.add) {
    if (!is_known(name)) return unknown;
    if (std::count(change.remove.begin(), change.remove.end(), name) != 0) {
      return absl::InvalidArgumentError("the same group is to be added and removed; choose one");
    }
  }
  for (const std::string& name : change.remove) {
    // One that the shop does not have any more can still be taken off a customer.
    if (!is_known(name) && std::count(held.begin(), held.end(), name) == 0) return unknown;
  }
  return absl::OkStatus();
}

crypto::Writer Arguments(const CustomerId& id, const GroupChange& change) {
  crypto::Writer writer;
  writer.Raw(id.view());
  for (auto names : {change.add, change.remove}) {
    std::sort(names.begin(), names.end());
    writer.U32(static_cast<uint32_t>(names.size()));
    for (const std::string& name : names) writer.Prefixed32(crypto::AsBytes(name));
  }
  return writer;
}

void RemoveGroups(const std::vector<std::string>& names, Customer& row) {
  for (const std::string& name : names) {
    row.groups.erase(std::remove(row.groups.begin(), row.groups.end(), name), row.groups.end());
  }
}

}  // namespace

void Book::Replace(const Whole& whole, const std::vector<Customer>& changed,
                   storage::Batch& batch) const {
  for (const StoredCustomer& stored : whole) {
    const auto row = std::find_if(changed.begin(), changed.end(), [&stored](const Customer& other) {
      return other.id == stored.row.id;
    });
    if (row == changed.end() || *row == stored.row) continue;
    batch.ExpectValue(Column::kCustomers, crypto::ToBytes(row->id.view()), stored.sealed);
    PutCustomer(*row, batch);
  }
}

absl::StatusOr<Profile> Book::MergeOnce(const storage::Caller& caller, crypto::ByteView request,
                                        const CustomerId& into, const CustomerId& from,
                                        const std::string& because) {
  const WriteGate::Alone gate(gate_);
  const RequestContent content =
      ContentOf(vault_, kMergeKind, crypto::Writer().Raw(into.view()).Raw(from.view()));
  auto earlier = EarlierCustomer(request, kMergeKind, content);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) return **std::move(earlier);
  const auto kept = LoadWhole(store_, into);
  if (!kept.ok()) return kept.status();
  const auto joining = LoadWhole(store_, from);
  if (!joining.ok()) return joining.status();
  std::vector<Customer> rows = Rows(*kept);
  std::vector<Customer> joiners = Rows(*joining);
  const CustomerId root = rows.front().id;
  if (joiners.front().id == root) {
    return absl::AlreadyExistsError("customers " + into.hex() + " and " + from.hex() +
                                    " are one customer already");
  }
  std::vector<CustomerId>& members = rows.front().members;
  if (members.size() + joiners.size() > kMaxMergedCustomers) {
    return absl::FailedPreconditionError("more than " + std::to_string(kMaxMergedCustomers) +
                                         " customers would be merged into one");
  }
  joiners.front().members.clear();
  joiners.front().joined = root;
  for (Customer& joiner : joiners) {
    joiner.merged_into = root;
    members.push_back(joiner.id);
  }
  std::sort(members.begin(), members.end());
  storage::Batch batch;
  RecordRequest(batch, request, kMergeKind, root.view(), content);
  Replace(*kept, rows, batch);
  Replace(*joining, joiners, batch);
  Audit(caller, "customer.merge", root.hex() + " " + joiners.front().id.hex(), because, batch);
  if (auto written = store_.Write(std::move(batch)); !written.ok()) return written;
  return ShowCustomer(root);
}

absl::StatusOr<Profile> Book::Merge(const storage::Caller& caller, const CustomerId& into,
                                    const CustomerId& from, const std::string& because) {
  const auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  if (auto status = storage::CheckBecause(because); !status.ok()) return status;
  if (into == from) {
    return absl::InvalidArgumentError("a customer cannot be merged with itself; name two");
  }
  return Retry([&] { return MergeOnce(caller, *request, into, from, because); });
}

absl::StatusOr<Profile> Book::UnmergeOnce(const storage::Caller& caller, crypto::ByteView request,
                                          const CustomerId& id, const std::string& because) {
  const WriteGate::Alone gate(gate_);
  const RequestContent content = ContentOf(vault_, kUnmergeKind, crypto::Writer().Raw(id.view()));
  auto earlier = EarlierCustomer(request, kUnmergeKind, content);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) return **std::move(earlier);
  const auto whole = LoadWhole(store_, id);
  if (!whole.ok()) return whole.status();
  std::vector<Customer> rows = Rows(*whole);
  if (rows.front().id == id) {
    return absl::FailedPreconditionError(
        "customer " + id.hex() + " is merged into no other" +
        (rows.front().members.empty() ? "" : "; name one of its members, who are merged into it"));
  }
  const std::set<CustomerId> leaving = Below(rows, id);
  std::vector<CustomerId> staying;
  for (const CustomerId& member : rows.front().members) {
    if (leaving.count(member) == 0) staying.push_back(member);
  }
  rows.front().members = std::move(staying);
  for (Customer& row : rows) {
    if (leaving.count(row.id) == 0) continue;
    row.merged_into = id;
    if (row.id != id) continue;
    row.merged_into.reset();
    row.joined.reset();
    row.members.assign(leaving.begin(), leaving.end());
    row.members.erase(std::find(row.members.begin(), row.members.end(), id));
  }
  storage::Batch batch;
  RecordRequest(batch, request, kUnmergeKind, id.view(), content);
  Replace(*whole, rows, batch);
  Audit(caller, "customer.unmerge", rows.front().id.hex() + " " + id.hex(), because, batch);
  if (auto written = store_.Write(std::move(batch)); !written.ok()) return written;
  return ShowCustomer(id);
}

absl::StatusOr<Profile> Book::Unmerge(const storage::Caller& caller, const CustomerId& id,
                                      const std::string& because) {
  const auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  if (auto status = storage::CheckBecause(because); !status.ok()) return status;
  return Retry([&] { return UnmergeOnce(caller, *request, id, because); });
}

absl::StatusOr<Profile> Book::SetGroupsOnce(const storage::Caller& caller, crypto::ByteView request,
                                            const CustomerId& id, const GroupChange& change,
                                            const Groups& groups, const std::string& because) {
  const WriteGate::Together gate(gate_);  // the rows of the whole stay those
  const RequestContent content = ContentOf(vault_, kGroupsKind, Arguments(id, change));
  auto earlier = EarlierCustomer(request, kGroupsKind, content);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) return **std::move(earlier);
  const auto whole = LoadWhole(store_, id);
  if (!whole.ok()) return whole.status();
  std::vector<Customer> rows = Rows(*whole);
  std::vector<std::string> held = MakeProfile(rows).groups;
  if (auto status = CheckChange(change, *groups.Snapshot(), held); !status.ok()) return status;
  for (Customer& row : rows) RemoveGroups(change.remove, row);
  std::set<std::string> own(rows.front().groups.begin(), rows.front().groups.end());
  for (const std::string& name : change.add) {
    if (std::count(held.begin(), held.end(), name) == 0) own.insert(name);
  }
  if (own.size() > decision::kMaxGroupsPerCustomer) {
    return absl::FailedPreconditionError("a customer is put into at most " +
                                         std::to_string(decision::kMaxGroupsPerCustomer) +
                                         " groups; take it out of one first");
  }
  rows.front().groups.assign(own.begin(), own.end());
  storage::Batch batch;
  RecordRequest(batch, request, kGroupsKind, rows.front().id.view(), content);
  Replace(*whole, rows, batch);
  std::string object = rows.front().id.hex();
  for (const std::string& name : change.add) object += " +" + name;
  for (const std::string& name : change.remove) object += " -" + name;
  Audit(caller, "customer.groups", std::move(object), because, batch);
  if (auto written = store_.Write(std::move(batch)); !written.ok()) return written;
  return MakeProfile(rows);
}

absl::StatusOr<Profile> Book::SetGroups(const storage::Caller& caller, const CustomerId& id,
                                        const GroupChange& change, const Groups& groups,
                                        const std::string& because) {
  const auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  if (auto status = storage::CheckBecause(because); !status.ok()) return status;
  if (change.add.size() + change.remove.size() > decision::kMaxGroups) {
    return absl::InvalidArgumentError("at most " + std::to_string(decision::kMaxGroups) +
                                      " groups are changed at once");
  }
  return Retry([&] { return SetGroupsOnce(caller, *request, id, change, groups, because); });
}

absl::StatusOr<uint64_t> Book::EndMemberships(const storage::Caller& caller,
                                              const std::string& name, const std::string& because) {
  uint64_t ended = 0;
  std::set<CustomerId> merged;  // roots of wholes of several rows that were counted
  crypto::Bytes next;
  for (bool more = true; more;) {
    more = false;
    storage::Batch batch;
    size_t rows = 0;
    uint64_t customers = 0;
    absl::Status problem;
    const auto scanned = store_.Scan(
        Column::kCustomers, {}, next, [&](crypto::ByteView key, crypto::ByteView sealed) {
          if (rows == kMaxMembershipsPerWrite) {
            next = crypto::ToBytes(key);
            more = true;
            return false;
          }
          const auto id = CustomerId::Create(key);
          problem = id.status();
          if (!id.ok()) return false;
          auto customer = OpenCustomer(*id, sealed);
          problem = customer.status();
          if (!customer.ok()) return false;
          if (std::count(customer->groups.begin(), customer->groups.end(), name) == 0) return true;
          RemoveGroups({name}, *customer);
          PutCustomer(*customer, batch);
          ++rows;
          const bool single = !customer->merged_into.has_value() && customer->members.empty();
          if (single || merged.insert(customer->merged_into.value_or(*id)).second) ++customers;
          return true;
        });
    if (!scanned.ok()) return scanned;
    if (!problem.ok()) return problem;
    if (rows == 0) break;
    Audit(caller, "group.end-memberships", name + " " + std::to_string(customers), because, batch);
    if (auto written = store_.Write(std::move(batch)); !written.ok()) return written;
    ended += customers;
  }
  return ended;
}

absl::StatusOr<uint64_t> Book::RemoveGroup(const storage::Caller& caller, const std::string& name,
                                           Groups& groups, const std::string& because) {
  // Nobody is put into it meanwhile, and no row changes that was read.
  const WriteGate::Alone gate(gate_);
  return groups.Remove(caller, name, because,
                       [&] { return EndMemberships(caller, name, because); });
}

}  // namespace daftar::book
