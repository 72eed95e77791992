// Part of tlog_interop: a log read as static tiles, from a file or over HTTP.

package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// tilePath is C2SP tlog-tiles'; x/mod's own has the height in it.
func tilePath(level string, number int64, width int) string {
	path := fmt.Sprintf("%03d", number%1000)
	for number /= 1000; number > 0; number /= 1000 {
		path = fmt.Sprintf("x%03d/%s", number%1000, path)
	}
	path = "tile/" + level + "/" + path
	if width < 1<<tileHeight {
		path += fmt.Sprintf(".p/%d", width)
	}
	return path
}

// A tree as its tiles give it, wherever these come from. x/mod has a reader of tiles of its own, which
// in Debian's version (0.7.0) leaves tiles unchecked when several of the subtrees that make the root
// stand in one tile; so every tile is checked against the one above it here, with x/mod's hashes.
type tiledTree struct {
	tree  tlog.Tree
	read  func(path string) ([]byte, error)
	cache map[tlog.Tile][]byte
}

func (t *tiledTree) width(level int, number int64) int {
	left := t.tree.N>>(tileHeight*uint(level)) - number<<tileHeight
	if left < 0 {
		return 0
	}
	if left > 1<<tileHeight {
		return 1 << tileHeight
	}
	return int(left)
}

func (t *tiledTree) hash(index int64) (tlog.Hash, error) {
	tile := tlog.TileForIndex(tileHeight, index)
	tile.W = t.width(tile.L, tile.N)
	data, ok := t.cache[tile]
	if !ok {
		var err error
		path := tilePath(strconv.Itoa(tile.L), tile.N, tile.W)
		if data, err = t.read(path); err != nil {
			return tlog.Hash{}, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return tlog.Hash{}, fmt.Errorf("%s has %d bytes", path, len(data))
		}
		t.cache[tile] = data
	}
	return tlog.HashFromTile(tile, data, index)
}

func (t *tiledTree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, index := range indexes {
		hash, err := t.hash(index)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// Each hash of level `level`, above 0, is that of a full tile below it.
func (t *tiledTree) checkLevel(level int) error {
	for i := int64(0); i < t.tree.N>>(tileHeight*uint(level)); i++ {
		hashes, err := t.ReadHashes([]int64{
			tlog.StoredHashIndex(tileHeight*level, i),
			tlog.StoredHashIndex(tileHeight*level-1, 2*i), tlog.StoredHashIndex(tileHeight*level-1, 2*i+1)})
		if err != nil {
			return err
		}
		if hashes[0] != tlog.NodeHash(hashes[1], hashes[2]) {
			return fmt.Errorf("hash %d of level %d is not that of the tile below it", i, level)
		}
	}
	return nil
}

// The entries of the bundle from `first` on hash to the leaves of the tree.
func (t *tiledTree) checkBundle(first int64) error {
	width := t.width(0, first>>tileHeight)
	bundle, err := t.read(tilePath("entries", first>>tileHeight, width))
	if err != nil {
		return err
	}
	for i := 0; i < width; i++ {
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			return fmt.Errorf("the bundle from entry %d on ends early", first)
		}
		end := 2 + int(binary.BigEndian.Uint16(bundle))
		leaf, err := t.hash(tlog.StoredHashIndex(0, first+int64(i)))
		if err != nil {
			return err
		}
		if tlog.RecordHash(bundle[2:end]) != leaf {
			return fmt.Errorf("entry %d is not the one in the tree", first+int64(i))
		}
		bundle = bundle[end:]
	}
	if len(bundle) != 0 {
		return fmt.Errorf("the bundle from entry %d on goes on after its entries", first)
	}
	return nil
}

// walk reads every tile and every bundle of the tree; ok when all of it fits the root.
func walk(tree tlog.Tree, read func(path string) ([]byte, error)) (int, error) {
	t := &tiledTree{tree, read, map[tlog.Tile][]byte{}}
	root, err := tlog.TreeHash(tree.N, t)
	if err != nil {
		return 0, err
	}
	if root != tree.Hash {
		return 0, fmt.Errorf("the tiles give another root")
	}
	for level := 1; t.width(level, 0) > 0; level++ {
		if err := t.checkLevel(level); err != nil {
			return 0, err
		}
	}
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		if err := t.checkBundle(first); err != nil {
			return 0, err
		}
	}
	return len(t.cache), nil
}

func get(url string, most int64) ([]byte, error) {
	client := http.Client{Timeout: 30 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, most))
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, answer.Status)
	}
	return body, nil
}
