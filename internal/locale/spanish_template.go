package locale

// spanishTemplate is what is said around a workspace's own words.
var spanishTemplate = map[string]string{
	"this message's template failed: {why}; it is in the standard form": "la plantilla de este mensaje falló ({why}); está en la forma estándar",
	"a link of this message's template was left out: {why}":             "se omitió un enlace de la plantilla de este mensaje: {why}",
	"Template": "Plantilla",
	"yes":      "sí",
	"no":       "no",
	"A test of a template, sent by {who}, with the sample “{sample}”": "Prueba de una plantilla, enviada por {who}, con el ejemplo «{sample}»",
	"A test of a template, with the sample “{sample}”":                "Prueba de una plantilla, con el ejemplo «{sample}»",
	"The client is made up; there is nothing to do.":                  "El cliente es inventado; no hay nada que hacer.",
}
