package slack

import "slices"

// Scopes are what every installation is asked for: to post where it is a
// member, and to list public channels. Nothing here or below can read a
// message. https://docs.slack.dev/reference/scopes
func Scopes() []string { return []string{"chat:write", "channels:read"} }

// Feature is something that needs more scopes and is asked for when somebody
// switches it on.
type Feature string

// The features.
const (
	FeaturePrivateChannels Feature = "private_channels" // choose private channels from the list
	FeatureOwners          Feature = "owners"           // find the account owner by e-mail, mention them, send them a DM
	FeaturePostAnywhere    Feature = "post_anywhere"    // post in public channels without being invited
	FeatureJoin            Feature = "join"             // join public channels; Client.Join
	FeatureButtons         Feature = "buttons"          // know who pressed, by their verified e-mail
)

// Features lists those that every manifest offers. FeatureJoin is not among
// them: FeaturePostAnywhere does the same without being seen to join. Nor is
// FeatureButtons: it is asked for where buttons were switched on.
func Features() []Feature {
	return []Feature{FeaturePrivateChannels, FeatureOwners, FeaturePostAnywhere}
}

// Scopes are what the feature needs beyond the minimum.
func (f Feature) Scopes() []string {
	switch f {
	case FeaturePrivateChannels:
		return []string{"groups:read"}
	case FeatureOwners:
		return []string{"im:write", "users:read", "users:read.email"} // the last needs the one before
	case FeatureButtons:
		return []string{"users:read", "users:read.email"}
	case FeaturePostAnywhere:
		return []string{"chat:write.public"}
	case FeatureJoin:
		return []string{"channels:join"}
	}
	return nil
}

// ScopesFor are the scopes to ask for so that the features work.
func ScopesFor(features ...Feature) []string {
	scopes := Scopes()
	for _, f := range features {
		for _, s := range f.Scopes() {
			if !slices.Contains(scopes, s) {
				scopes = append(scopes, s)
			}
		}
	}
	return scopes
}
