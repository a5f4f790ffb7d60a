package locale

var spanishAlerts = map[string]string{}
