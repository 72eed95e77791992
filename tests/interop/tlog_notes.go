// Part of tlog_interop: signed notes, and the cosignatures that x/mod does not have.

package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A note.Verifier and note.Signer for cosignature/v1, which x/mod does not have.
type cosigner struct {
	name    string
	hash    uint32
	public  ed25519.PublicKey
	private ed25519.PrivateKey
	time    uint64 // that the next signature states
	seen    uint64 // of the last signature that verified
}

func cosignerHash(name string, public ed25519.PublicKey) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), append([]byte{algCosign}, public...)...))
	return binary.BigEndian.Uint32(sum[:])
}

func newCosigner(vkey string) *cosigner {
	parts := strings.SplitN(vkey, "+", 3)
	require(len(parts) == 3, "a vkey has three parts: %q", vkey)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	must(err, "the key of a vkey")
	require(len(key) == 1+ed25519.PublicKeySize && key[0] == algCosign, "no cosigner's vkey: %q", vkey)
	c := &cosigner{name: parts[0], public: ed25519.PublicKey(key[1:])}
	c.hash = cosignerHash(c.name, c.public)
	require(fmt.Sprintf("%08x", c.hash) == parts[1], "the ID of a vkey does not fit its key: %q", vkey)
	return c
}

func (c *cosigner) vkey() string {
	key := append([]byte{algCosign}, c.public...)
	return fmt.Sprintf("%s+%08x+%s", c.name, c.hash, base64.StdEncoding.EncodeToString(key))
}

func cosignMessage(text []byte, seconds uint64) []byte {
	return append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", seconds)), text...)
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	seconds := binary.BigEndian.Uint64(signature)
	if seconds == 0 || seconds > 1<<63-1 ||
		!ed25519.Verify(c.public, cosignMessage(text, seconds), signature[8:]) {
		return false
	}
	c.seen = seconds
	return true
}

func (c *cosigner) Sign(text []byte) ([]byte, error) {
	blob := binary.BigEndian.AppendUint64(nil, c.time)
	return append(blob, ed25519.Sign(c.private, cosignMessage(text, c.time))...), nil
}

type checkpoint struct {
	origin string
	tree   tlog.Tree
}

func parseCheckpoint(text string) (checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return checkpoint{}, fmt.Errorf("not three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] || size < 0 {
		return checkpoint{}, fmt.Errorf("size %q", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return checkpoint{}, err
	}
	return checkpoint{lines[0], tlog.Tree{N: size, Hash: root}}, nil
}

// openHead is ok when every one of the keys has signed and the text is a checkpoint.
func openHead(text string, vkey string, cosigners []*cosigner) (checkpoint, error) {
	log, err := note.NewVerifier(vkey)
	must(err, "the log's vkey")
	known := []note.Verifier{log}
	for _, c := range cosigners {
		known = append(known, c)
	}
	opened, err := note.Open([]byte(text), note.VerifierList(known...))
	if err != nil {
		return checkpoint{}, err
	}
	if len(opened.Sigs) != len(known) {
		return checkpoint{}, fmt.Errorf("%d of %d known keys have signed", len(opened.Sigs), len(known))
	}
	return parseCheckpoint(opened.Text)
}
