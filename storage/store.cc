#include "storage/store.h"

#include <iterator>

namespace daftar::storage {
namespace {

template <class T>
void MoveAppend(std::vector<T>& to, std::vector<T>&& from) {
  if (to.empty()) {
    to = std::move(from);
    return;
  }
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

void Batch::Append(Batch other) {
  MoveAppend(operations_, std::move(other.operations_));
  MoveAppend(preconditions_, std::move(other.preconditions_));
}

}  // namespace daftar::storage
