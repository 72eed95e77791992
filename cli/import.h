// Sending a file's rows to the node in batches. Any part of it may be repeated: the node takes a
// row that it has as unchanged, so an import that was cut short is completed by running it again.
#ifndef DAFTAR_CLI_IMPORT_H_
#define DAFTAR_CLI_IMPORT_H_

#include <functional>
#include <istream>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "cli/show_shop.h"
#include "daftar/v1/shop.pb.h"
#include "node/decision/ledger_file.h"

namespace daftar::cli {

inline constexpr int kMaxBatchRows = 500;  // rows a call

struct ImportHooks {
  std::string file;  // what is read, for errors
  // Asked after every row: true ends the import with what has been sent so far.
  std::function<bool()> stopped;
  // Told after every batch: the last line that is in.
  std::function<void(uint64_t line)> progress;
};

using SendOrders = std::function<absl::StatusOr<v1::ImportOrdersResponse>(v1::ImportOrdersRequest)>;
using SendCustomers =
    std::function<absl::StatusOr<v1::ImportCustomersResponse>(v1::ImportCustomersRequest)>;

// Reads to the end or until stopped (the result then is not `complete`). Errors are the reader's
// with the file's name, or the sender's with the line up to which everything is in.
absl::StatusOr<ImportResult> ImportOrders(std::istream& csv, decision::LedgerMapping mapping,
                                          const SendOrders& send, const ImportHooks& hooks);
// Without a mapping the file's first line decides; `home` is for phone numbers without +.
absl::StatusOr<ImportResult> ImportCustomers(std::istream& csv,
                                             std::optional<decision::LedgerMapping> mapping,
                                             identity::Region home, const SendCustomers& send,
                                             const ImportHooks& hooks);

// The mapping in `toml`, which came from `file`. How phone numbers without + are read: by `region`
// ("ID", or empty), else by the mapping's own region, else by `home`. InvalidArgument naming the
// file and what is wrong in it; also when a phone column needs a region and none is known, because
// a guess would make wrong numbers.
absl::StatusOr<decision::LedgerMapping> ParseMapping(const std::string& file,
                                                     const std::string& toml,
                                                     decision::MappingKind kind,
                                                     const std::string& region,
                                                     std::optional<identity::Region> home);

// The home region in the configuration of the node in `dir`; nullopt when this user cannot read it.
std::optional<identity::Region> RegionOfNode(const std::string& dir);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_IMPORT_H_
