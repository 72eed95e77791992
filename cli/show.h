// How a command shows what a node answered. For commands*.cc alone: it takes in everything that can
// be shown, because a template finds only what was declared before it.
#ifndef DAFTAR_CLI_SHOW_H_
#define DAFTAR_CLI_SHOW_H_

#include "cli/session.h"
#include "cli/show_book.h"
#include "cli/show_check.h"
#include "cli/show_disclosure.h"
#include "cli/show_node.h"
#include "cli/show_policy.h"
#include "cli/show_shop.h"

namespace daftar::cli {

// Shows one message in the form that was asked for; kExitOk.
template <class Message>
int Show(Session& session, const Message& message) {
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, ToJson(message));
  } else {
    Print(console.out, message);
  }
  return kExitOk;
}

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SHOW_H_
