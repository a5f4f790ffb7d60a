package stanna

import "strings"

// publicMail are domains at which anybody may have an address: they name no
// company.
var publicMail = map[string]bool{"gmail.com": true, "googlemail.com": true, "outlook.com": true, "hotmail.com": true, "live.com": true, "msn.com": true,
	"yahoo.com": true, "icloud.com": true, "me.com": true, "mac.com": true, "aol.com": true, "proton.me": true, "protonmail.com": true, "gmx.de": true,
	"gmx.net": true, "web.de": true, "mail.com": true, "zoho.com": true, "yandex.ru": true, "qq.com": true, "163.com": true, "fastmail.com": true}

// CompanyDomain is the domain of an e-mail address, when it is a company's
// own; "" when anybody may have an address there, or when it is no address.
func CompanyDomain(email string) string {
	_, domain, _ := strings.Cut(email, "@")
	domain = strings.ToLower(strings.TrimSpace(domain))
	if publicMail[domain] {
		return ""
	}
	return domain
}
