package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/gostanna/stanna"
)

// Keyset is the keys of a server: one set seals secrets, the other makes the
// MACs of the audit trail. A rotated keyset seals with the new key and still
// opens what the old ones sealed.
type Keyset struct {
	seal, audit *keyset.Handle
	aead        tink.AEAD
	mac         tink.MAC
}

// NewKeyset makes fresh keys.
func NewKeyset() (*Keyset, error) {
	seal, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make a sealing key: %w", err)
	}
	audit, err := keyset.NewHandle(mac.HMACSHA256Tag256KeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make an audit key: %w", err)
	}
	return keysetOf(seal, audit)
}

func keysetOf(seal, audit *keyset.Handle) (*Keyset, error) {
	a, err := aead.New(seal)
	if err != nil {
		return nil, fmt.Errorf("sealing keys: %w", err)
	}
	m, err := mac.New(audit)
	if err != nil {
		return nil, fmt.Errorf("audit keys: %w", err)
	}
	return &Keyset{seal: seal, audit: audit, aead: a, mac: m}, nil
}

// keysetFile is a keyset as it is written down: two Tink keysets in JSON.
type keysetFile struct {
	Seal  json.RawMessage `json:"seal"`
	Audit json.RawMessage `json:"audit"`
}

// ParseKeyset reads what Encode wrote.
func ParseKeyset(text []byte) (*Keyset, error) {
	var file keysetFile
	if err := json.Unmarshal(text, &file); err != nil || file.Seal == nil || file.Audit == nil {
		return nil, stanna.Errorf(stanna.Invalid, "this is no keyset; make one with: stanna keyset create")
	}
	read := func(raw json.RawMessage) (*keyset.Handle, error) {
		return insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(raw)))
	}
	seal, err := read(file.Seal)
	if err != nil {
		return nil, stanna.Errorf(stanna.Invalid, "the sealing keys of the keyset cannot be read")
	}
	audit, err := read(file.Audit)
	if err != nil {
		return nil, stanna.Errorf(stanna.Invalid, "the audit keys of the keyset cannot be read")
	}
	return keysetOf(seal, audit)
}

// Encode writes the keys down in clear: whoever has the text has the secrets.
func (k *Keyset) Encode() ([]byte, error) {
	write := func(h *keyset.Handle) (json.RawMessage, error) {
		var b bytes.Buffer
		err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b))
		return b.Bytes(), err
	}
	seal, err := write(k.seal)
	if err != nil {
		return nil, err
	}
	audit, err := write(k.audit)
	if err != nil {
		return nil, err
	}
	return json.Marshal(keysetFile{Seal: seal, Audit: audit})
}

// Rotated is the keyset with new keys in front; the old ones stay to open and
// to verify what they made.
func (k *Keyset) Rotated() (*Keyset, error) {
	rotate := func(h *keyset.Handle, template *tinkpb.KeyTemplate) (*keyset.Handle, error) {
		m := keyset.NewManagerFromHandle(h)
		id, err := m.Add(template)
		if err != nil {
			return nil, err
		}
		if err := m.SetPrimary(id); err != nil {
			return nil, err
		}
		return m.Handle()
	}
	seal, err := rotate(k.seal, aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("rotate the sealing key: %w", err)
	}
	audit, err := rotate(k.audit, mac.HMACSHA256Tag256KeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("rotate the audit key: %w", err)
	}
	return keysetOf(seal, audit)
}

// LoadKeyset reads the keyset from its text or from the file it names.
func LoadKeyset(textOrPath string) (*Keyset, error) {
	if len(textOrPath) > 0 && textOrPath[0] == '{' {
		return ParseKeyset([]byte(textOrPath))
	}
	text, err := os.ReadFile(textOrPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, stanna.Errorf(stanna.NotFound, "there is no keyset at %s. Put the file back from its backup; without it the sealed tokens cannot be opened", textOrPath)
	}
	if err != nil {
		return nil, fmt.Errorf("read the keyset: %w", err)
	}
	return ParseKeyset(text)
}

// Save writes the keyset to a file that only its owner may read, all of it or
// nothing.
func (k *Keyset) Save(path string) error {
	text, err := k.Encode()
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".keyset-*") // 0600
	if err != nil {
		return fmt.Errorf("write the keyset: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(text)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return fmt.Errorf("write the keyset: %w", err)
	}
	return os.Rename(tmp.Name(), path)
}

// seal encrypts a secret for one column of one workspace; it cannot be moved
// to another. An empty secret stays empty.
func (s *Store) seal(workspace, column string, secret stanna.Secret) ([]byte, error) {
	if secret == "" {
		return []byte{}, nil
	}
	return s.keyset.aead.Encrypt([]byte(secret.Reveal()), []byte(workspace+"\x00"+column))
}

func (s *Store) unseal(workspace, column string, sealed []byte) (stanna.Secret, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	text, err := s.keyset.aead.Decrypt(sealed, []byte(workspace+"\x00"+column))
	if err != nil {
		return "", stanna.Errorf(stanna.Unavailable, "a sealed secret (%s) cannot be opened with this keyset", column)
	}
	return stanna.Secret(text), nil
}

// checkKeyset proves that the keyset opens what this database holds: a word
// sealed on the first day.
func (s *Store) checkKeyset(ctx context.Context) error {
	const word = "stanna"
	return s.Update(ctx, func(tx *Tx) error {
		sealed, ok, err := one(tx, value[[]byte], `select value from meta where key = 'keyset'`)
		if err != nil {
			return err
		}
		if ok {
			if _, err := s.unseal("", "meta.keyset", sealed); err != nil {
				return stanna.Errorf(stanna.Conflict, "this keyset did not seal this database. Use the one it was made with (STANNA_KEYSET); a rotated keyset keeps the old keys")
			}
			return nil
		}
		if sealed, err = s.seal("", "meta.keyset", word); err != nil {
			return err
		}
		n, err := tx.exec(`insert into meta (key, value) values ('keyset', $1) on conflict (key) do nothing`, sealed)
		if err == nil && n == 0 {
			err = errRaced // another server took the empty database, perhaps with other keys
		}
		return err
	})
}

// Reseal seals every secret anew with the newest key, after a rotation, and
// says how many there were.
func (s *Store) Reseal(ctx context.Context) (int, error) {
	n := 0
	err := s.Update(ctx, func(tx *Tx) error {
		n = 0
		sealed, err := s.seal("", "meta.keyset", "stanna")
		if err != nil {
			return err
		}
		if _, err := tx.exec(`update meta set value = $1 where key = 'keyset'`, sealed); err != nil {
			return err
		}
		connections, err := tx.EachConnection()
		if err != nil {
			return err
		}
		for _, c := range connections {
			// A token that is being refreshed meanwhile must not be lost.
			c, ok, err := tx.LockConnection(c.Workspace, c.TeamID)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			if err := tx.PutConnection(c); err != nil {
				return err
			}
			n++
		}
		others, err := tx.resealOthers()
		n += others
		return err
	})
	return n, err
}

// resealOthers seals anew what is sealed beside Slack's tokens: the secrets of
// endpoints, of sources and of Stripe.
func (tx *Tx) resealOthers() (n int, err error) {
	workspaces, err := tx.Workspaces()
	if err != nil {
		return 0, err
	}
	for _, w := range workspaces {
		endpoints, err := tx.Endpoints(w.ID)
		if err != nil {
			return n, err
		}
		for _, e := range endpoints {
			if e, err = tx.LockEndpoint(w.ID, e.ID); err != nil {
				return n, err
			}
			if err := tx.PutEndpoint(e); err != nil {
				return n, err
			}
			n++
		}
		sources, err := tx.Sources(w.ID)
		if err != nil {
			return n, err
		}
		for _, x := range sources {
			if err := tx.PutSource(x); err != nil {
				return n, err
			}
			n++
		}
		account, ok, err := tx.LockStripe(w.ID)
		if err != nil {
			return n, err
		}
		if ok {
			if err := tx.PutStripe(account); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}
