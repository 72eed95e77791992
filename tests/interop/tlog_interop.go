// The formats of the log on golang.org/x/mod/sumdb, which nobody of this project wrote: signed notes,
// Merkle proofs and tile hashes. interop_samples.cc is the other side.
//
//	tlog_interop check FILE                    takes what the other side made, and what it altered
//	tlog_interop make FILE                     writes notes, proofs and tiles for the other side
//	tlog_interop walk URL VKEY COSIGNER...     reads a whole log over HTTP (C2SP tlog-tiles)
//	tlog_interop note FILE VKEY COSIGNER...    opens a note; prints who cosigned and when
//
// Every disagreement ends it with exit code 1 and a line that says which.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	origin        = "interop.test/daftar"
	tileHeight    = 8
	entries       = 70000
	algCosign     = 4 // C2SP tlog-cosignature, Ed25519
	cosignTime    = 1793491200
	maxFileBytes  = 32 << 20
	maxCheckpoint = 1 << 20
)

var sizes = []int64{1, 2, 3, 7, 8, 255, 256, 257, 1000, 65536, 65537, entries}

func fail(format string, values ...interface{}) {
	fmt.Fprintf(os.Stderr, "tlog_interop: "+format+"\n", values...)
	os.Exit(1)
}

func must(err error, what string) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

func require(condition bool, format string, values ...interface{}) {
	if !condition {
		fail(format, values...)
	}
}

func entryOf(index int64) []byte { return []byte(fmt.Sprintf("entry %d", index)) }

type altered struct {
	What string `json:"what"`
	Note string `json:"note"`
}

type notes struct {
	Note      string    `json:"note"`
	Vkey      string    `json:"vkey"`
	Cosigners []string  `json:"cosigner_vkeys"`
	Times     []uint64  `json:"times"`
	Altered   []altered `json:"altered"`
}

type proofSample struct {
	Index int64       `json:"index"`
	Old   int64       `json:"old"`
	Size  int64       `json:"size"`
	Proof []tlog.Hash `json:"proof"`
	Good  bool        `json:"good"`
	What  string      `json:"what"`
}

type treeSample struct {
	Size int64     `json:"size"`
	Root tlog.Hash `json:"root"`
}

type tileSample struct {
	Path string `json:"path"`
	Data []byte `json:"data"`
}

type samples struct {
	Entries     int64         `json:"entries"`
	Notes       notes         `json:"notes"`
	Trees       []treeSample  `json:"trees"`
	Inclusion   []proofSample `json:"inclusion"`
	Consistency []proofSample `json:"consistency"`
	Tiles       []tileSample  `json:"tiles"`
}

// The tree of the entries that both sides know, as x/mod computes it.
type ownTree struct{ hashes []tlog.Hash }

func newOwnTree() *ownTree {
	t := &ownTree{}
	for i := int64(0); i < entries; i++ {
		more, err := tlog.StoredHashes(i, entryOf(i), t)
		must(err, "StoredHashes")
		t.hashes = append(t.hashes, more...)
	}
	return t
}

func (t *ownTree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var read []tlog.Hash
	for _, i := range indexes {
		read = append(read, t.hashes[i])
	}
	return read, nil
}

func (t *ownTree) root(size int64) tlog.Hash {
	root, err := tlog.TreeHash(size, t)
	must(err, "TreeHash")
	return root
}

func checkNotes(n notes) {
	var cosigners []*cosigner
	for _, vkey := range n.Cosigners {
		cosigners = append(cosigners, newCosigner(vkey))
	}
	_, err := openHead(n.Note, n.Vkey, cosigners)
	must(err, "its note")
	for i, c := range cosigners {
		require(c.seen == n.Times[i], "cosignature of %s: time %d, not %d", c.name, c.seen, n.Times[i])
	}
	require(len(n.Altered) > 0, "it altered no note")
	for _, a := range n.Altered {
		_, err := openHead(a.Note, n.Vkey, cosigners)
		require(err != nil, "its altered note is taken: %s", a.What)
	}
}

// All tiles and bundles are there, none more, and a bit that is altered in one is noticed.
func checkTiles(samples []tileSample, tree tlog.Tree) {
	tiles := map[string][]byte{}
	for _, tile := range samples {
		tiles[tile.Path] = tile.Data
	}
	used := map[string]bool{}
	read := func(path string) ([]byte, error) {
		data, ok := tiles[path]
		if !ok {
			return nil, fmt.Errorf("there is no %s", path)
		}
		used[path] = true
		return data, nil
	}
	_, err := walk(tree, read)
	must(err, "its tiles")
	require(len(used) == len(samples), "%d tiles too many", len(samples)-len(used))
	for _, path := range []string{"tile/0/000", "tile/0/100", "tile/0/272", "tile/0/273.p/112", "tile/1/000",
		"tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/000", "tile/entries/273.p/112"} {
		good, ok := tiles[path]
		require(ok, "there is no %s", path)
		wrong := append([]byte(nil), good...)
		wrong[len(wrong)/2] ^= 1
		tiles[path] = wrong
		_, err := walk(tree, read)
		require(err != nil, "an altered %s is taken", path)
		tiles[path] = good
	}
}

func check(s samples) {
	require(s.Entries == entries, "it has another number of entries")
	own := newOwnTree()
	checkNotes(s.Notes)
	for _, tree := range s.Trees {
		require(own.root(tree.Size) == tree.Root, "its root of size %d differs", tree.Size)
	}
	for _, p := range s.Inclusion {
		err := tlog.CheckRecord(p.Proof, p.Size, own.root(p.Size), p.Index, tlog.RecordHash(entryOf(p.Index)))
		require((err == nil) == p.Good, "inclusion of %d in %d, %s: %v", p.Index, p.Size, p.What, err)
	}
	for _, p := range s.Consistency {
		err := tlog.CheckTree(p.Proof, p.Size, own.root(p.Size), p.Old, own.root(p.Old))
		require((err == nil) == p.Good, "consistency of %d and %d, %s: %v", p.Old, p.Size, p.What, err)
	}
	require(len(s.Trees) > 0 && len(s.Inclusion) > 0 && len(s.Consistency) > 0, "it made too little")
	checkTiles(s.Tiles, tlog.Tree{N: entries, Hash: own.root(entries)})
	fmt.Printf("%d trees, %d inclusion and %d consistency proofs, %d tiles, %d altered notes: agreed\n",
		len(s.Trees), len(s.Inclusion), len(s.Consistency), len(s.Tiles), len(s.Notes.Altered))
}

func makeNotes(own *ownTree) notes {
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	must(err, "GenerateKey")
	log, err := note.NewSigner(skey)
	must(err, "NewSigner")
	signers := []note.Signer{log}
	made := notes{Vkey: vkey}
	var cosigners []*cosigner
	for i, name := range []string{origin + "/self", "partner.test/daftar/mirror"} {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		must(err, "GenerateKey")
		c := &cosigner{name: name, public: public, private: private, time: cosignTime + uint64(i)}
		c.hash = cosignerHash(name, public)
		cosigners = append(cosigners, c)
		signers = append(signers, c)
		made.Cosigners = append(made.Cosigners, c.vkey())
		made.Times = append(made.Times, c.time)
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", origin, entries, own.root(entries))
	signed, err := note.Sign(&note.Note{Text: text}, signers...)
	must(err, "Sign")
	made.Note = string(signed)
	_, err = openHead(made.Note, vkey, cosigners)
	must(err, "own note")
	add := func(what, wrong string) {
		_, err := openHead(wrong, vkey, cosigners)
		require(err != nil, "x/mod takes a note with %s", what)
		made.Altered = append(made.Altered, altered{what, wrong})
	}
	lines := strings.SplitAfter(strings.TrimSuffix(made.Note[len(text)+1:], "\n"), "\n")
	for i, line := range lines {
		fields := strings.Fields(line)
		blob, err := base64.StdEncoding.DecodeString(fields[2])
		must(err, "a signature line")
		for b := range blob {
			wrong := append([]byte(nil), blob...)
			wrong[b] ^= 1
			replaced := strings.Replace(made.Note, fields[2], base64.StdEncoding.EncodeToString(wrong), 1)
			add(fmt.Sprintf("byte %d of line %d", b, i), replaced)
		}
	}
	add("another size", strings.Replace(made.Note, "70000", "70001", 1))
	add("a line feed too many", strings.Replace(made.Note, "70000\n", "70000\n\n", 1))
	add("a carriage return", strings.Replace(made.Note, "\n", "\r\n", 1))
	add("no last line feed", strings.TrimSuffix(made.Note, "\n"))
	return made
}

func variants(p proofSample, holds func([]tlog.Hash) bool) []proofSample {
	var all []proofSample
	add := func(what string, proof []tlog.Hash, good bool) {
		require(holds(proof) == good, "x/mod is wrong about a proof with %s", what)
		changed := p
		changed.What, changed.Good = what, good
		changed.Proof = append([]tlog.Hash{}, proof...)
		all = append(all, changed)
	}
	add("nothing altered", p.Proof, true)
	for i := range p.Proof {
		wrong := append([]tlog.Hash(nil), p.Proof...)
		wrong[i][i%tlog.HashSize] ^= 0x80
		add(fmt.Sprintf("hash %d altered", i), wrong, false)
	}
	add("a hash too many", append(append([]tlog.Hash(nil), p.Proof...), tlog.Hash{}), false)
	if len(p.Proof) > 0 {
		add("a hash too few", p.Proof[:len(p.Proof)-1], false)
	}
	return all
}

func makeSamples() samples {
	own := newOwnTree()
	made := samples{Entries: entries, Notes: makeNotes(own)}
	for _, size := range sizes {
		root := own.root(size)
		made.Trees = append(made.Trees, treeSample{size, root})
		for _, index := range []int64{0, size / 3, size / 2, size - 1} {
			proof, err := tlog.ProveRecord(size, index, own)
			must(err, "ProveRecord")
			made.Inclusion = append(made.Inclusion,
				variants(proofSample{Index: index, Size: size, Proof: proof}, func(p []tlog.Hash) bool {
					return tlog.CheckRecord(p, size, root, index, tlog.RecordHash(entryOf(index))) == nil
				})...)
		}
		for _, old := range sizes {
			if old > size {
				break
			}
			proof, err := tlog.ProveTree(size, old, own)
			must(err, "ProveTree")
			made.Consistency = append(made.Consistency,
				variants(proofSample{Old: old, Size: size, Proof: proof}, func(p []tlog.Hash) bool {
					return tlog.CheckTree(p, size, root, old, own.root(old)) == nil
				})...)
		}
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, entries) {
		data, err := tlog.ReadTileData(tile, own)
		must(err, "ReadTileData")
		made.Tiles = append(made.Tiles, tileSample{tilePath(strconv.Itoa(tile.L), tile.N, tile.W), data})
	}
	return made
}

func cosignersOf(vkeys []string) []*cosigner {
	var all []*cosigner
	for _, vkey := range vkeys {
		all = append(all, newCosigner(vkey))
	}
	return all
}

func main() {
	arguments := os.Args[1:]
	switch {
	case len(arguments) == 2 && arguments[0] == "check":
		var s samples
		file, err := os.ReadFile(arguments[1])
		must(err, "samples")
		must(json.NewDecoder(bytes.NewReader(file)).Decode(&s), "samples")
		check(s)
	case len(arguments) == 2 && arguments[0] == "make":
		file, err := json.Marshal(makeSamples())
		must(err, "samples")
		must(os.WriteFile(arguments[1], file, 0o600), "samples")
	case len(arguments) >= 3 && arguments[0] == "walk":
		prefix := strings.TrimSuffix(arguments[1], "/") + "/"
		text, err := get(prefix+"checkpoint", maxCheckpoint)
		must(err, "the checkpoint")
		head, err := openHead(string(text), arguments[2], cosignersOf(arguments[3:]))
		must(err, "the checkpoint")
		tiles, err := walk(head.tree, func(path string) ([]byte, error) {
			return get(prefix+path, maxFileBytes)
		})
		must(err, "the log")
		fmt.Printf("%s: %d entries in %d tiles fit root %v\n", head.origin, head.tree.N, tiles, head.tree.Hash)
	case len(arguments) >= 3 && arguments[0] == "note":
		text, err := os.ReadFile(arguments[1])
		must(err, "the note")
		cosigners := cosignersOf(arguments[3:])
		_, err = openHead(string(text), arguments[2], cosigners)
		must(err, "the note")
		for _, c := range cosigners {
			fmt.Printf("%s %d\n", c.name, c.seen)
		}
	default:
		fmt.Fprintln(os.Stderr, "usage: tlog_interop check FILE | make FILE | walk URL VKEY COSIGNER... | note FILE VKEY COSIGNER...")
		os.Exit(64)
	}
}
