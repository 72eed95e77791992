// Users: adding, listing, removing them, and links with which people set a password.
#include <string>
#include <utility>

#include "cli/commands.h"
#include "cli/list_pages.h"
#include "cli/node_config.h"

namespace daftar::cli {
namespace {

using Node = v1::NodeService::Stub;

// Where the console is, for people to open: "https://127.0.0.1:9001". Empty when the node does not
// say.
absl::StatusOr<std::string> ConsoleAddress(Session& session, Client& client) {
  const auto status = client.Read(&Node::GetStatus, v1::GetStatusRequest());
  if (!status.ok()) return status.status();
  if (status->http_address().empty()) return std::string();
  return std::string(ConsoleScheme(session.options().dir)) + "://" + status->http_address();
}

// What a person opens. Empty when the node told no link: it tells each once.
std::string WholeLink(const std::string& address, const std::string& link) {
  return link.empty() ? link : address + link;
}

// The link stands alone on standard output.
void PrintLink(Console& console, const std::string& done, const std::string& name,
               const std::string& link, const std::string& expires_at) {
  if (link.empty()) {
    console.err << done << " The answer with the link was lost on its way; `daftar user reset "
                << name << " --because TEXT` makes another.\n";
    return;
  }
  console.out << link << std::endl;
  console.err << done << " This link is shown once. It sets a password, once, until " << expires_at
              << ".\n";
}

}  // namespace

absl::StatusOr<int> RunUserAdd(Session& session, const UserOptions& options) {
  constexpr uint64_t kMaxUid = 0xFFFFFFFE;
  auto role = MakeRole(options.role);
  if (!role.ok()) return role.status();
  auto uid = MakeNumber("uid", options.uid, 0, kMaxUid, 0);
  if (!uid.ok()) return uid.status();
  absl::Status status = CheckText("name", options.name);
  if (status.ok()) status = CheckText("because", options.because);
  if (!status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  std::string address;
  if (options.sign_in) {
    // Asked before the user is added: the link is shown once.
    auto asked = ConsoleAddress(session, **client);
    if (!asked.ok()) return asked.status();
    address = *std::move(asked);
  }
  v1::AddUserRequest request;
  request.set_name(options.name);
  request.set_because(options.because);
  request.set_role(*role);
  request.set_signs_in(options.sign_in);
  if (!options.uid.empty()) request.set_uid(static_cast<uint32_t>(*uid));
  const auto response = (*client)->Write(&Node::AddUser, std::move(request));
  if (!response.ok()) return response.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, Json{{"user", ToJson(response->user())},
                                {"token", TextOrNull(response->token())},
                                {"link", TextOrNull(WholeLink(address, response->link()))},
                                {"link_expires_at", TextOrNull(response->link_expires_at())}});
    return kExitOk;
  }
  const std::string who =
      response->user().name() + ", " + std::string(RoleWord(response->user().role()));
  if (options.sign_in) {
    PrintLink(console, "Added " + who + ".", options.name, WholeLink(address, response->link()),
              response->link_expires_at());
    return kExitOk;
  }
  if (response->token().empty()) {
    console.out << "Added " << who << ", known by uid " << response->user().uid() << ".\n";
    return kExitOk;
  }
  console.out << response->token() << std::endl;
  console.err << "Added " << who << ". This token is shown once; set it as DAFTAR_TOKEN.\n";
  return kExitOk;
}

absl::StatusOr<int> RunUserReset(Session& session, const UserOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("name", options.name);
  if (!status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  auto address = ConsoleAddress(session, **client);
  if (!address.ok()) return address.status();
  v1::ResetSignInRequest request;
  request.set_name(options.name);
  request.set_because(options.because);
  const auto response = (*client)->Write(&Node::ResetSignIn, std::move(request));
  if (!response.ok()) return response.status();
  const std::string link = WholeLink(*address, response->link());
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, Json{{"reset", options.name},
                                {"link", TextOrNull(link)},
                                {"link_expires_at", TextOrNull(response->link_expires_at())}});
  } else {
    PrintLink(console, "The sign-in of " + options.name + " was reset.", options.name, link,
              response->link_expires_at());
  }
  return kExitOk;
}

absl::StatusOr<int> RunUserList(Session& session) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&Node::ListUsers, v1::ListUsersRequest());
  if (!response.ok()) return response.status();
  return Show(session, *response);
}

absl::StatusOr<int> RunUserRemove(Session& session, const UserOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("name", options.name);
  if (!status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::RemoveUserRequest request;
  request.set_name(options.name);
  request.set_because(options.because);
  const auto response = (*client)->Write(&Node::RemoveUser, std::move(request));
  if (!response.ok()) return response.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, Json{{"removed", options.name}});
  } else {
    console.out << "Removed " << options.name << ".\n";
  }
  return kExitOk;
}

}  // namespace daftar::cli
