// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/diagnostics.h"

#include "app/session_log.h"
#include "app/text.h"

#include <QCoreApplication>
#include <QDir>
#include <QGuiApplication>
#include <QScreen>
#include <QSysInfo>

namespace carma::gui {

namespace {

QString line(const QString& name, const QString& value) { return QString("%1  %2\n").arg(name, -18).arg(value); }
QString line(const QString& name, std::uint64_t value) { return line(name, QString::number(value)); }

/// Paths tell who somebody is and where things lie.
QString withoutPlaces(QString words, const std::string& store)
{
    if (!store.empty()) {
        words.replace(text(store), "STORE");
    }
    return words.replace(QDir::homePath() + '/', "~/");
}

/// Redacted when it was written; the last lines, of the run before as well if that ended early.
QString logText() { return "\nsession log\n" + sessionLog().lines().join('\n') + '\n'; }

} // namespace

QString diagnosticsText(const Settings& settings, const std::optional<StatusReport>& status, const std::vector<DoctorCheck>& checks)
{
    QString out = line("program", QCoreApplication::applicationName() + ' ' + QCoreApplication::applicationVersion()) +
        line("qt", qVersion()) + line("system", QSysInfo::prettyProductName() + ", " + QSysInfo::currentCpuArchitecture()) +
        line("platform", QGuiApplication::platformName());
    for (const QScreen* screen : QGuiApplication::screens()) {
        out += line("screen",
            QString("%1 x %2, scale %3").arg(screen->size().width()).arg(screen->size().height()).arg(screen->devicePixelRatio()));
    }
    out += line("theme", QString::number(static_cast<int>(settings.theme))) + line("scale", QString::number(settings.scalePercent)) +
        line("language", settings.language.isEmpty() ? QLocale::system().name() : settings.language);
    if (!status) {
        return out + line("store", "none is open") + logText();
    }
    out += line("format", status->format) + line("shards", QString("%1 + %2").arg(status->dataShards).arg(status->parityShards)) +
        line("folders there", status->foldersPresent) + line("failure domains", status->failureDomains) +
        line("documents", status->documents) + line("fragments", status->fragments) + line("placeholders", status->placeholders) +
        line("records", status->records) + line("sealed segments", status->sealedSegments) + line("tail bytes", status->tailBytes) +
        line("store bytes", status->storeBytes) + line("embedder", text(status->embedder)) + line("last heal", text(status->lastHeal));
    for (const std::string& warning : status->warnings) {
        out += line("warning", withoutPlaces(text(warning), status->path));
    }
    for (const DoctorCheck& check : checks) {
        const QString words = check.ok ? "ok" : text(check.detail + ". " + check.advice);
        out += line(check.ok ? "check" : "check FAILED", withoutPlaces(text(check.name) + ": " + words, status->path));
    }
    return out + logText();
}

} // namespace carma::gui
