package locale

var spanishHistory = map[string]string{
	"{severity}: {what}":                            "{severity}: {what}",
	"now {severity}: {what}":                        "ahora {severity}: {what}",
	"worse: {what}":                                 "empeora: {what}",
	"the snooze is over and it is still so: {what}": "terminó la pausa y sigue igual: {what}",
	"{ignored}: {what}":                             "{ignored}: {what}",
	"{client}: {who} is on it, {when}":              "{client}: {who} se ocupa, {when}",
	"{client}: given to {to}, {when}":               "{client}: asignada a {to}, {when}",
	"{client}: given to nobody any more, {when}":    "{client}: ya no está asignada a nadie, {when}",
	"{client}: {who} snoozed it until {until}":      "{client}: {who} la pospuso hasta {until}",
	"{client}: brought up to date, {when}":          "{client}: actualizada, {when}",

	"{held} {held|alert|alerts} held back today":                                        "{held} {held|alerta retenida|alertas retenidas} hoy",
	"This place has had its {told} {told|message|messages} for today":                   "Este destino ya recibió {told|su|sus} {told} {told|mensaje|mensajes} de hoy",
	"The digest on {until} has what is held back; what is critical still comes at once": "El resumen del {until} incluirá lo retenido; lo crítico sigue llegando al momento",
	"See what is held back": "Ver lo retenido",

	"Nothing needs you here any more":                                                   "Ya nada requiere su atención aquí",
	"{n} {n|client alert needs|client alerts need} you: {severity}":                     "{n} {n|alerta de cliente requiere|alertas de clientes requieren} su atención: {severity}",
	"This channel is shared with another company, so the details are on the page alone": "Este canal se comparte con otra empresa; los detalles están solo en la página",
}
