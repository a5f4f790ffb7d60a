package store_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func account(workspace string) stanna.StripeAccount {
	return stanna.StripeAccount{Workspace: workspace, AccountID: "acct_1", Name: "Acme", Livemode: true, Key: "rk_live_1", Signing: []stanna.Secret{"whsec_1", "whsec_2"},
		ConnectedAt: day, ConnectedBy: "user:usr_1", Health: stanna.Healthy, Sync: stanna.StripeSync{ID: "sync_1", StartedAt: day, Stage: "customers", Cursor: "cus_9", Customers: 100}}
}

func TestStripeAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := account("acme.com")
		update(t, s, func(tx *store.Tx) error { return tx.PutStripe(want) })
		for _, column := range []string{"access_key", "signing"} {
			if s.RowsWith(t, "stripe_account", column, "_1") != 0 {
				t.Errorf("%s stands in the database", column)
			}
		}
		want.Sync.Pages = 7
		update(t, s, func(tx *store.Tx) error {
			err := errorsOr(tx.PutStripeSync("acme.com", want.Sync), tx.NoteStripe("acme.com", stanna.Broken, "Make another key.", day))
			want.Health, want.Repair, want.CheckedAt = stanna.Broken, "Make another key.", day
			got, ok, e := tx.Stripe("acme.com")
			if diff := cmp.Diff(want, got); diff != "" || !ok {
				t.Error(diff)
			}
			return errorsOr(err, e)
		})
		err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.PutStripe(account("beta.com")) })
		if stanna.CodeOf(err) != stanna.Conflict {
			t.Errorf("an account belongs to two workspaces: %v", err)
		}
	})
}

// Customers and subscriptions are of a workspace; those of a client are found
// whoever matched them. What people said of them outlives the connection.
func TestStripeCustomers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		customer := func(id, client string, match stanna.StripeMatch) stanna.StripeCustomer {
			return stanna.StripeCustomer{Workspace: "acme.com", ID: id, ClientID: client, Match: match, Name: "Name of " + id, Email: id + "@globex.com", SeenAt: day}
		}
		other := customer("cus_1", "theirs", stanna.MatchedByHand)
		other.Workspace = "beta.com"
		gone := customer("cus_gone", "", stanna.NotMatched)
		gone.Deleted = true
		sub := func(id, customer string, micros int64) stanna.StripeSubscription {
			return stanna.StripeSubscription{Workspace: "acme.com", ID: id, CustomerID: customer, Status: "active", Micros: micros, Currency: "USD", Plan: "Gold", SeenAt: day}
		}
		update(t, s, func(tx *store.Tx) error {
			return errorsOr(tx.PutStripe(account("acme.com")),
				tx.PutStripeCustomers(customer("cus_1", "globex", stanna.MatchedByDomain), customer("cus_2", "globex", stanna.MatchedByHand),
					customer("cus_3", "", stanna.NotMatched), customer("cus_4", "", stanna.LeftOut), customer("cus_5", "", stanna.Ambiguous), other, gone),
				tx.PutStripeSubscriptions(sub("sub_1", "cus_1", 100), sub("sub_2", "cus_2", 200), sub("sub_3", "cus_3", 400)))
		})
		update(t, s, func(tx *store.Tx) error {
			subs, err := tx.StripeSubscriptionsOf("acme.com", "globex")
			if len(subs) != 2 || subs[0].ID != "sub_1" || subs[1].Micros != 200 || err != nil {
				t.Errorf("%+v, %v", subs, err)
			}
			ids := func(q store.StripeCustomerQuery) (ids []string) {
				q.Limit = 10
				list, err := tx.StripeCustomers("acme.com", q)
				if err != nil {
					t.Error(err)
				}
				for _, c := range list {
					ids = append(ids, c.ID)
				}
				return ids
			}
			for name, c := range map[string]struct {
				q    store.StripeCustomerQuery
				want []string
			}{
				"unmatched": {store.StripeCustomerQuery{}, []string{"cus_3", "cus_5"}},
				"matched":   {store.StripeCustomerQuery{Matched: true}, []string{"cus_1", "cus_2"}},
				"left out":  {store.StripeCustomerQuery{LeftOut: true}, []string{"cus_4"}},
				"searched":  {store.StripeCustomerQuery{Search: "OF cus_5"}, []string{"cus_5"}},
				"next page": {store.StripeCustomerQuery{After: "cus_3"}, []string{"cus_5"}},
			} {
				if diff := cmp.Diff(c.want, ids(c.q)); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
			counts, err := tx.StripeCounts("acme.com")
			want := map[stanna.StripeMatch]int{stanna.MatchedByDomain: 1, stanna.MatchedByHand: 1, stanna.NotMatched: 1, stanna.LeftOut: 1, stanna.Ambiguous: 1}
			if diff := cmp.Diff(want, counts); diff != "" {
				t.Error(diff)
			}
			return errorsOr(err, tx.RemoveStripe("acme.com"))
		})
		update(t, s, func(tx *store.Tx) error {
			known, err := tx.StripeCustomersByID("acme.com", []string{"cus_1", "cus_2", "cus_3", "cus_4"})
			if len(known) != 2 || known["cus_2"].ClientID != "globex" || known["cus_4"].Match != stanna.LeftOut {
				t.Errorf("after the connection went: %+v", known)
			}
			if _, ok, _ := tx.StripeCustomer("beta.com", "cus_1"); !ok {
				t.Error("another workspace's customer went too")
			}
			return err
		})
	})
}

// Clients are found by the e-mail of a contact and by the ids that other
// tools have for them, and by those they have now only.
func TestClientKeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		client := func(id string, custom map[string]any, emails ...string) stanna.Client {
			c := stanna.Client{Workspace: "acme.com", ID: id, Name: id, Custom: custom, CreatedAt: day}
			for _, e := range emails {
				c.Contacts = append(c.Contacts, stanna.Contact{Email: e})
			}
			return c
		}
		find := func(name, text string, want ...string) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				got, err := tx.ClientsByKey("acme.com", name, text)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s %s: %s", name, text, diff)
				}
				return err
			})
		}
		update(t, s, func(tx *store.Tx) error {
			return tx.PutClients([]stanna.Client{client("globex", map[string]any{"hubspot_id": 118.0, "seats_used": "118"}, "Maria@globex.com", "maria@globex.com"),
				client("hooli", map[string]any{"stripeCustomerId": "cus_1"}, "maria@globex.com")}, day)
		})
		find(store.EmailKey, "MARIA@globex.com", "globex", "hooli")
		find(store.CustomKey("hubspot_id"), "118", "globex")
		find(store.CustomKey("stripeCustomerId"), "cus_1", "hooli")
		find(store.CustomKey("seats_used"), "118")
		update(t, s, func(tx *store.Tx) error { return tx.PutClients([]stanna.Client{client("hooli", nil)}, day) })
		find(store.EmailKey, "maria@globex.com", "globex")
		find(store.CustomKey("stripeCustomerId"), "cus_1")
	})
}

// The page of gaps counts what is not known of clients, and names them.
func TestGaps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		rich := stanna.Client{Workspace: "acme.com", ID: "rich", Name: "Rich", MRR: stanna.Money{Minor: 900_00, Currency: "USD"}, CSMOwner: "ana@acme.com", CreatedAt: day}
		poor := stanna.Client{Workspace: "acme.com", ID: "poor", Name: "Poor", CreatedAt: day}
		out := stanna.Client{Workspace: "acme.com", ID: "out", Name: "Out", IsExcluded: true, CreatedAt: day}
		update(t, s, func(tx *store.Tx) error {
			if err := tx.PutClients([]stanna.Client{rich, poor, out}, day); err != nil {
				return err
			}
			st := stanna.State{Workspace: "acme.com", ClientID: "rich"}
			st.Health.Add(day, 70)
			st.Usage = map[string]stanna.Usage{"seats": {Used: 1, Limit: 2, At: day}}
			return errorsOr(tx.PutStates([]stanna.State{st}, day), tx.PutStripeCustomers(stanna.StripeCustomer{Workspace: "acme.com", ID: "cus_1", ClientID: "poor"}))
		})
		update(t, s, func(tx *store.Tx) error {
			counts, clients, err := tx.GapCounts("acme.com", "")
			if clients != 2 {
				t.Errorf("%d clients", clients)
			}
			for _, g := range stanna.Gaps() {
				want := 2
				switch g {
				case stanna.LacksHealth, stanna.LacksMRR, stanna.LacksOwner, stanna.LacksUsage, stanna.LacksPayments:
					want = 1
				}
				if n, ok := counts[g]; n != want || !ok {
					t.Errorf("%s: %d (%v), want %d", g, n, ok, want)
				}
			}
			list, err2 := tx.Lacking("acme.com", "", stanna.LacksDomain, 10, 0)
			if len(list) != 2 || list[0].ID != "rich" {
				t.Errorf("%+v", list)
			}
			list, err3 := tx.Lacking("acme.com", "", stanna.LacksHealth, 10, 0)
			if len(list) != 1 || list[0].ID != "poor" {
				t.Errorf("%+v", list)
			}
			own, clients, err4 := tx.GapCounts("acme.com", "ANA@acme.com")
			if clients != 1 || own[stanna.LacksDomain] != 1 || own[stanna.LacksHealth] != 0 {
				t.Errorf("of one owner: %d clients, %v", clients, own)
			}
			list, err5 := tx.Lacking("acme.com", "ana@acme.com", stanna.LacksPayments, 10, 0)
			if len(list) != 1 || list[0].ID != "rich" {
				t.Errorf("of one owner: %+v", list)
			}
			return errorsOr(err, err2, err3, err4, err5)
		})
	})
}
