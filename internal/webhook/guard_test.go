package webhook

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"
)

func TestGuard(t *testing.T) {
	for _, c := range []struct{ address, allowed, want string }{
		{"93.184.216.34:443", "", ""},
		{"8.8.8.8:8443", "", ""},
		{"[2606:2800:220:1:248:1893:25c8:1946]:443", "", ""},
		{"172.15.255.255:443", "", ""},
		{"172.32.0.0:443", "", ""},
		{"100.63.255.255:443", "", ""},
		{"100.128.0.0:443", "", ""},
		{"223.255.255.255:443", "", ""},

		{"127.0.0.1:80", "", "this machine"},
		{"127.255.255.254:80", "", "this machine"},
		{"0.0.0.0:80", "", "this machine"},
		{"0.1.2.3:80", "", "this machine"},
		{"[::1]:80", "", "this machine"},
		{"[::]:80", "", "this machine"},
		{"[::1%lo]:80", "", "this machine"},
		{"10.0.0.1:80", "", "private"},
		{"172.16.0.1:80", "", "private"},
		{"172.31.255.255:80", "", "private"},
		{"192.168.1.1:80", "", "private"},
		{"[fc00::1]:80", "", "private"},
		{"[fd00:ec2::254]:80", "", "private"},
		{"[fec0::1]:80", "", "private"},
		{"169.254.169.254:80", "", "metadata"},
		{"[fe80::1]:80", "", "local link"},
		{"[fe80::1%eth0]:80", "", "local link"},
		{"168.63.129.16:80", "", "Azure"},
		{"100.64.0.1:80", "", "provider"},
		{"100.100.100.200:80", "", "provider"},
		{"192.0.0.192:80", "", "reserved"},
		{"192.88.99.1:80", "", "reserved"},
		{"240.0.0.1:80", "", "reserved"},
		{"255.255.255.255:80", "", "reserved"},
		{"192.0.2.1:80", "", "examples"},
		{"198.51.100.1:80", "", "examples"},
		{"203.0.113.1:80", "", "examples"},
		{"[2001:db8::1]:80", "", "examples"},
		{"[3fff::1]:80", "", "examples"},
		{"198.18.0.1:80", "", "measuring"},
		{"198.19.255.255:80", "", "measuring"},
		{"[2001:2::1]:80", "", "measuring"},
		{"224.0.0.1:80", "", "many machines"},
		{"[ff02::1]:80", "", "many machines"},

		{"[::ffff:127.0.0.1]:80", "", "this machine"},
		{"[::ffff:a9fe:a9fe]:80", "", "metadata"},
		{"[::ffff:93.184.216.34]:443", "", ""},
		{"[::127.0.0.1]:80", "", "outside the public internet"},
		{"[::ffff:0:127.0.0.1]:80", "", "outside the public internet"},
		{"[100::1]:80", "", "outside the public internet"},
		{"[5f00::1]:80", "", "outside the public internet"},
		{"[4000::1]:80", "", "outside the public internet"},
		{"[64:ff9b::10.0.0.1]:80", "", "a way to 10.0.0.1, a private address"},
		{"[64:ff9b::169.254.169.254]:80", "", "a way to 169.254.169.254"},
		{"[64:ff9b::93.184.216.34]:443", "", ""},
		{"[64:ff9b:1::93.184.216.34]:443", "", "local translation"},
		{"[2002:7f00:1::1]:80", "", "a way to 127.0.0.1"},
		{"[2002:5db8:d822::1]:443", "", ""},
		{"[2001:0:5db8:d822:0:0:f5ff:fffe]:80", "", "a way to 10.0.0.1"}, // its client
		{"[2001:0:0a00:0001:0:0:a247:27dd]:80", "", "a way to 10.0.0.1"}, // its server
		{"[2001:0:5db8:d822:0:0:a247:27dd]:443", "", ""},                 // both are 93.184.216.34

		{"127.0.0.1:80", "127.0.0.1", ""},
		{"127.0.0.2:80", "127.0.0.1", "this machine"},
		{"[::ffff:127.0.0.1]:80", "127.0.0.1", ""},
		{"[::1]:80", "127.0.0.1", "this machine"},
		{"10.8.3.4:80", "10.8.0.0/16, ::1", ""},
		{"10.9.0.0:80", "10.8.0.0/16, ::1", "private"},
		{"[fd00::7]:80", "fd00::/64", ""},
		{"[fe80::7%eth0]:80", "fe80::7", ""},
		{"[64:ff9b::10.8.0.1]:80", "10.8.0.0/16", "a way to"},
		{"[64:ff9b::10.8.0.1]:80", "64:ff9b::10.8.0.1", ""},

		{"no address", "", "not called"},
		{"hooks.example.com:443", "", "not called"},
	} {
		allowed, err := ParseAllowed(c.allowed)
		if err != nil {
			t.Fatal(err)
		}
		network := "tcp4"
		if strings.HasPrefix(c.address, "[") {
			network = "tcp6"
		}
		err = guard(allowed)(network, c.address, nil)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.address, err, c.want)
		}
	}
	if err := guard(nil)("unix", "/var/run/docker.sock", nil); err == nil {
		t.Error("a socket of this machine may be called")
	}
}

// However an IPv4 address is wrapped, it may be called through the wrapping
// only if it may be called bare; and what the standard library takes for
// private is refused.
func TestWrapped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := [4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address"))
		bare := netip.AddrFrom4(b)
		open := forbidden(bare, nil) == ""
		if open && (!bare.IsGlobalUnicast() || bare.IsPrivate() || bare.IsLoopback()) {
			t.Fatalf("%s may be called", bare)
		}
		for _, prefix := range []string{"::ffff:0.0.0.0", "64:ff9b::", "2002::"} {
			w := netip.MustParseAddr(prefix).As16()
			at := 12
			if prefix == "2002::" {
				at = 2
			}
			copy(w[at:], b[:])
			if got := forbidden(netip.AddrFrom16(w), nil) == ""; got != open {
				t.Fatalf("%s may be called: %v; as %s: %v", bare, open, netip.AddrFrom16(w), got)
			}
		}
	})
}

// nameServer is a name server that gives each name another address each time, in
// turn, and the last one from then on.
type nameServer struct {
	mu      sync.Mutex
	answers [][]netip.Addr
	asked   int
}

func (n *nameServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go n.serve(there)
		return here, nil
	}}
}

// serve answers one question, framed as on TCP.
func (n *nameServer) serve(c net.Conn) {
	defer c.Close()
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return
	}
	query := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(c, query); err != nil {
		return
	}
	end := 12
	for query[end] != 0 {
		end += 1 + int(query[end])
	}
	kind, question := binary.BigEndian.Uint16(query[end+1:]), query[12:end+5]
	var found []netip.Addr
	if kind == 1 { // A; there is no AAAA
		n.mu.Lock()
		found = n.answers[min(n.asked, len(n.answers)-1)]
		n.asked++
		n.mu.Unlock()
	}
	reply := slices.Concat(query[:2], []byte{0x81, 0x80, 0, 1, 0, byte(len(found)), 0, 0, 0, 0}, question)
	for _, a := range found {
		reply = slices.Concat(reply, []byte{0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4}, a.AsSlice())
	}
	_, _ = c.Write(binary.BigEndian.AppendUint16(nil, uint16(len(reply))))
	_, _ = c.Write(reply)
}

// A name that means an allowed address first and another one the second time
// is refused the second time, though something would answer there.
func TestRebinding(t *testing.T) {
	var calls atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	everywhere, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Listener.Close()
	s.Listener = everywhere
	s.Start()
	defer s.Close()
	_, port, _ := net.SplitHostPort(everywhere.Addr().String())
	one, two := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")
	allowed := []netip.Prefix{netip.PrefixFrom(one, 32)}

	n := &nameServer{answers: [][]netip.Addr{{one}, {two}}}
	client := newHTTPClient(allowed, n.resolver())
	defer client.CloseIdleConnections()
	get := func() error {
		resp, err := client.Get("http://hook.example.com:" + port)
		if err == nil {
			resp.Body.Close()
		}
		client.CloseIdleConnections()
		return err
	}
	if err := get(); err != nil {
		t.Fatal(err)
	}
	var no *forbiddenError
	if err := get(); !errors.As(err, &no) || no.addr != two {
		t.Errorf("the second time: %v", err)
	}
	if n.asked != 2 || calls.Load() != 1 {
		t.Errorf("%d questions and %d calls, want 2 and 1", n.asked, calls.Load())
	}

	a := Send(t.Context(), client, call("http://hook.example.com:"+port+"/?token=abcdef"))
	if a.Outcome != Refused || !strings.Contains(a.Error, "hook.example.com stands for 127.0.0.2, which is this machine itself") || !strings.Contains(a.Error, "--webhook-allow") {
		t.Errorf("%+v", a)
	}
	if calls.Load() != 1 {
		t.Error("a refused address was called")
	}

	// Of several addresses the one that may be called is.
	both := newHTTPClient(allowed, (&nameServer{answers: [][]netip.Addr{{two, one}}}).resolver())
	defer both.CloseIdleConnections()
	if a := Send(t.Context(), both, call("http://hook.example.com:"+port)); a.Outcome != Delivered {
		t.Errorf("%+v", a)
	}
}

func TestClientIsGuarded(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was called") }))
	defer s.Close()
	client := NewHTTPClient(nil)
	defer client.CloseIdleConnections()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]", "[::1]"} {
		a := Send(t.Context(), client, call("http://"+host+":"+port))
		if a.Outcome != Refused && !(host == "[::1]" && a.Outcome == Retry) { // where there is no IPv6
			t.Errorf("%s: %+v", host, a)
		}
	}
	if client.Transport.(*http.Transport).Proxy != nil {
		t.Error("a proxy would resolve names unguarded")
	}
}
