// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

#include <algorithm>
#include <array>

namespace carma::gui {

namespace {

constexpr qsizetype kRecentMax = 12;
constexpr int kPartsMax = 500;
constexpr qsizetype kFilterBytesMax = 4096;
constexpr qint64 kFileBytesMax = 1 << 20;

int inRange(const QVariant& value, int least, int most, int otherwise)
{
    bool ok = false;
    const int number = value.toInt(&ok);
    return ok && number >= least && number <= most ? number : otherwise;
}

/// QSettings takes nearly anything for INI; a file of ours begins with one of its sections and has that of the settings.
bool looksLikeOurs(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.size() > kFileBytesMax) {
        return false;
    }
    const QByteArray content = file.readAll().trimmed();
    constexpr std::array kSections{"[filters]", "[layout]", "[shortcuts]", "[workstation]"};
    return std::ranges::any_of(kSections, [&content](const char* section) { return content.startsWith(section); }) &&
        content.contains("[workstation]");
}

} // namespace

void Settings::rememberStore(const QString& path)
{
    recentStores.removeAll(path);
    recentStores.prepend(path);
    recentStores = recentStores.mid(0, kRecentMax);
}

SettingsFile::SettingsFile(QString path) : m_path(std::move(path)) {}

QString SettingsFile::defaultPath()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + "/carma/workstation.ini";
}

Settings SettingsFile::load()
{
    Settings settings;
    if (!QFileInfo::exists(m_path)) {
        return settings;
    }
    if (!looksLikeOurs(m_path)) {
        m_setAside = m_path + ".bad";
        QFile::remove(m_setAside);
        QFile::rename(m_path, m_setAside);
        return settings;
    }
    QSettings file(m_path, QSettings::IniFormat);
    file.beginGroup("workstation");
    const QString language = file.value("language").toString();
    settings.language = language == "de" || language == "en" ? language : QString();
    settings.theme = static_cast<Theme>(inRange(file.value("theme"), 0, 2, 0));
    settings.scalePercent = inRange(file.value("scale"), 100, 300, 100);
    settings.idleLockMinutes = inRange(file.value("idleLock"), 0, 240, 10);
    settings.recentStores = file.value("recent").toStringList().mid(0, kRecentMax);
    settings.timesInUtc = file.value("utc").toBool();
    file.endGroup();
    file.beginGroup("layout");
    for (const QString& key : file.childKeys().mid(0, kPartsMax)) {
        settings.layout[key] = QByteArray::fromBase64(file.value(key).toByteArray());
    }
    file.endGroup();
    const int changed = file.beginReadArray("shortcuts"); // names of commands may hold what keys of an INI file may not
    for (int i = 0; i < std::min(changed, kPartsMax); ++i) {
        file.setArrayIndex(i);
        settings.shortcuts[file.value("command").toString()] = file.value("keys").toString();
    }
    file.endArray();
    const int filters = file.beginReadArray("filters");
    for (int i = 0; i < std::min(filters, kPartsMax); ++i) {
        file.setArrayIndex(i);
        settings.filters[file.value("name").toString()] = file.value("filter").toByteArray().left(kFilterBytesMax);
    }
    file.endArray();
    return settings;
}

bool SettingsFile::save(const Settings& settings) const
{
    QDir().mkpath(QFileInfo(m_path).path());
    QSettings file(m_path, QSettings::IniFormat);
    file.clear();
    file.beginGroup("workstation");
    file.setValue("language", settings.language);
    file.setValue("theme", static_cast<int>(settings.theme));
    file.setValue("scale", settings.scalePercent);
    file.setValue("idleLock", settings.idleLockMinutes);
    file.setValue("recent", settings.recentStores);
    file.setValue("utc", settings.timesInUtc);
    file.endGroup();
    file.beginGroup("layout");
    for (auto part = settings.layout.begin(); part != settings.layout.end(); ++part) {
        file.setValue(part.key(), part.value().toBase64());
    }
    file.endGroup();
    file.beginWriteArray("shortcuts");
    int number = 0;
    for (auto keys = settings.shortcuts.begin(); keys != settings.shortcuts.end(); ++keys) {
        file.setArrayIndex(number++);
        file.setValue("command", keys.key());
        file.setValue("keys", keys.value());
    }
    file.endArray();
    file.beginWriteArray("filters");
    number = 0;
    for (auto filter = settings.filters.begin(); filter != settings.filters.end(); ++filter) {
        file.setArrayIndex(number++);
        file.setValue("name", filter.key());
        file.setValue("filter", filter.value());
    }
    file.endArray();
    file.sync();
    return file.status() == QSettings::NoError;
}

} // namespace carma::gui
