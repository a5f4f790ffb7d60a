package eventlog_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/eventlog"
)

func open(t *testing.T, address string) eventlog.Sink {
	t.Helper()
	s, err := eventlog.Open(stanna.Secret(address), "stanna-1")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func records(from, to int) (list []eventlog.Record) {
	for i := from; i <= to; i++ {
		list = append(list, eventlog.Record{At: time.Date(2026, 11, 24, 9, 20, 0, 123456000, time.UTC), Action: "alert.opened", Line: fmt.Appendf(nil, `{"seq":%d,"text":"é"}`, i)})
	}
	return list
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stanna.ndjson")
	s := open(t, "file:"+path)
	must(t, s.Write(soon(t), records(1, 2)))
	must(t, os.Rename(path, path+".1")) // as a rotation does
	must(t, s.Write(soon(t), records(3, 3)))
	// A line that was cut off by a power cut is ended, and comes again.
	out, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = out.WriteString(`{"seq":4,"te`)
	must(t, errors.Join(err, out.Close()))
	must(t, s.Write(soon(t), records(4, 5)))
	for file, want := range map[string]string{path + ".1": "1\n2\n", path: "3\ncut\n4\n5\n"} {
		text, err := os.ReadFile(file)
		must(t, err)
		var got string
		for line := range strings.Lines(string(text)) {
			if n := regexp.MustCompile(`^{"seq":(\d+),"text":"é"}\n$`).FindStringSubmatch(line); n != nil {
				got += n[1] + "\n"
			} else {
				got += "cut\n"
			}
		}
		if got != want {
			t.Errorf("%s holds %q, want %q:\n%s", file, got, want, text)
		}
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("everybody can read it: %v", info.Mode())
	}
	if err := open(t, "file:"+filepath.Dir(path)).Write(soon(t), records(1, 1)); err == nil {
		t.Error("a folder was written to")
	}
	must(t, os.Symlink("/dev/full", path+".full"))
	if err := open(t, "file:"+path+".full").Write(soon(t), records(1, 1)); err == nil {
		t.Error("a full disk took it")
	}
}

// syslogd reads what one conversation says, by the length before each message.
func syslogd(l net.Listener, most int) <-chan string {
	said := make(chan string, 100)
	go func() {
		defer close(said)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			in := bufio.NewReader(c)
			for n := 0; n < most; n++ {
				length, err := in.ReadString(' ')
				if err != nil {
					break
				}
				size, _ := strconv.Atoi(strings.TrimSpace(length))
				text := make([]byte, size)
				if _, err := io.ReadFull(in, text); err != nil {
					break
				}
				said <- string(text)
			}
			c.Close()
		}
	}()
	return said
}

var line5424 = regexp.MustCompile(`^<110>1 2026-11-24T09:20:00\.123456Z stanna-1 stanna \d+ alert\.opened - {"seq":(\d+),"text":"é"}$`)

func TestSyslogOverAStream(t *testing.T) {
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	for scheme, listen := range map[string]func() (net.Listener, error){
		"tcp": func() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") },
		"tls": func() (net.Listener, error) {
			return tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: web.TLS.Certificates})
		},
	} {
		t.Run(scheme, func(t *testing.T) {
			l, err := listen()
			must(t, err)
			said := syslogd(l, 1000)
			s := open(t, "syslog+"+scheme+"://"+l.Addr().String())
			if scheme == "tls" {
				// Its certificate is nobody's that is known: nothing is told.
				if err := s.Write(soon(t), records(1, 1)); err == nil || !strings.Contains(err.Error(), "certificate") {
					t.Fatalf("told to a stranger: %v", err)
				}
				eventlog.Trust(s, web.Certificate())
			}
			begun := time.Now()
			must(t, s.Write(soon(t), records(1, 3)))
			if took := time.Since(begun); took > 900*time.Millisecond {
				t.Errorf("it took %s though the server ended the conversation", took)
			}
			must(t, s.Write(soon(t), records(4, 4)))
			l.Close()
			var got []string
			for text := range said {
				m := line5424.FindStringSubmatch(text)
				if m == nil {
					t.Fatalf("%q", text)
				}
				got = append(got, m[1])
			}
			if strings.Join(got, " ") != "1 2 3 4" {
				t.Errorf("%v", got)
			}
			if err := s.Write(soon(t), records(5, 5)); err == nil {
				t.Error("taken by nobody")
			}
		})
	}
}

// A server that goes away in the middle has not taken the rest: all comes
// again.
func TestSyslogServerThatLeaves(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	syslogd(l, 1)
	big := records(1, 2)
	big[1].Line = []byte(strings.Repeat("x", 4<<20))
	if err := open(t, "syslog+tcp://"+l.Addr().String()).Write(soon(t), big); err == nil {
		t.Error("half of it was read, and all was taken for told")
	}
}

func TestSyslogPackets(t *testing.T) {
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	defer udp.Close()
	path := filepath.Join(t.TempDir(), "log")
	unix, err := net.ListenPacket("unixgram", path)
	must(t, err)
	defer unix.Close()
	for address, c := range map[string]net.PacketConn{"syslog+udp://" + udp.LocalAddr().String(): udp, "syslog+unix://" + path: unix} {
		must(t, open(t, address).Write(soon(t), records(1, 2)))
		for i := 1; i <= 2; i++ {
			packet := make([]byte, 1000)
			must(t, c.SetReadDeadline(time.Now().Add(4*time.Second)))
			n, _, err := c.ReadFrom(packet)
			must(t, err)
			if m := line5424.FindStringSubmatch(string(packet[:n])); m == nil || m[1] != strconv.Itoa(i) {
				t.Errorf("%q", packet[:n])
			}
		}
	}
}

func TestCollector(t *testing.T) {
	status, got := 200, ""
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		got += fmt.Sprintf("%s %s %s %s %s\n%s", r.Method, r.URL, r.Header.Get("Content-Type"), user, password, b)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
	}))
	defer web.Close()
	s := open(t, strings.Replace(web.URL, "http://", "http://me:passw0rd@", 1)+"/in?token=secretword")
	must(t, s.Write(soon(t), records(1, 2)))
	want := "POST /in?token=secretword application/x-ndjson me passw0rd\n{\"seq\":1,\"text\":\"é\"}\n{\"seq\":2,\"text\":\"é\"}\n"
	if got != want {
		t.Errorf("%q", got)
	}
	for _, status = range []int{302, 400, 500, 429} {
		if err := s.Write(soon(t), records(3, 3)); err == nil || strings.Contains(err.Error(), "secretword") {
			t.Errorf("%d: %v", status, err)
		}
	}
	if strings.Contains(got, "elsewhere") {
		t.Error("it was redirected")
	}
	web.Close()
	if err := s.Write(soon(t), records(3, 3)); err == nil || strings.Contains(err.Error(), "secretword") || strings.Contains(err.Error(), "passw0rd") {
		t.Errorf("%v", err)
	}
}

func TestAddresses(t *testing.T) {
	for _, bad := range []string{"", "stanna.ndjson", "file:stanna.ndjson", "syslog://host", "syslog+tcp://", "syslog+unix://host/log", "ftp://secretword@host", "https://", "https://host:secretword/"} {
		if _, err := eventlog.Open(stanna.Secret(bad), "h"); err == nil || strings.Contains(err.Error(), "secretword") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
