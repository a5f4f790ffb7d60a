package web

const gapsPath = sourcesPath + "/gaps"
