"""The tree of RFC 6962 section 2.1, from roots of complete subtrees upward."""
from encoding import sha256


def leaf_hash(data):
    return sha256(b"\0" + data)


def node_hash(left, right):
    return sha256(b"\1" + left + right)


class Tree:
    """Grows leaf by leaf; may begin with the subtree roots of a tree that stood before."""

    def __init__(self, size=0, roots=()):
        levels = [level for level in reversed(range(63)) if size >> level & 1]
        assert len(levels) == len(roots)
        self.size, self.roots = size, list(zip(levels, roots))

    def append(self, hash_of_leaf):
        level = 0
        while self.roots and self.roots[-1][0] == level:
            hash_of_leaf = node_hash(self.roots.pop()[1], hash_of_leaf)
            level += 1
        self.roots.append((level, hash_of_leaf))
        self.size += 1

    def root(self):
        if not self.roots:
            return sha256(b"")
        total = self.roots[-1][1]
        for _, subtree in reversed(self.roots[:-1]):
            total = node_hash(subtree, total)
        return total


def root_of(hashes):
    tree = Tree()
    for each in hashes:
        tree.append(each)
    return tree.root()


def inclusion_holds(index, size, hash_of_leaf, proof, root):
    """RFC 9162 section 2.1.3.2."""
    if index >= size:
        return False
    place, last, total = index, size - 1, hash_of_leaf
    for sibling in proof:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            total = node_hash(sibling, total)
            while place % 2 == 0 and place != 0:
                place >>= 1
                last >>= 1
        else:
            total = node_hash(total, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and total == root


def consistency_holds(old_size, new_size, old_root, new_root, proof):
    """RFC 9162 section 2.1.4.2, for 0 < old_size <= new_size."""
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    proof = list(proof)
    if old_size & (old_size - 1) == 0:
        proof.insert(0, old_root)
    if not proof:
        return False
    place, last = old_size - 1, new_size - 1
    while place % 2 == 1:
        place >>= 1
        last >>= 1
    of_old = of_new = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            of_old = node_hash(sibling, of_old)
            of_new = node_hash(sibling, of_new)
            while place % 2 == 0 and place != 0:
                place >>= 1
                last >>= 1
        else:
            of_new = node_hash(of_new, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and of_old == old_root and of_new == new_root
