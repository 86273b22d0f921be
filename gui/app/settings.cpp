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
constexpr qsizetype kNameMax = 200;
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
    constexpr std::array kSections{"[beacon]", "[filters]", "[layout]", "[profiles]", "[shortcuts]", "[workstation]"};
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

StoreProfile Settings::profileOf(const QString& path) const
{
    const auto found = std::ranges::find(profiles, QDir::cleanPath(path), &StoreProfile::path);
    return found != profiles.end() ? *found : StoreProfile{QDir::cleanPath(path), {}, {}};
}

void Settings::keepProfile(const StoreProfile& profile)
{
    StoreProfile kept = profile;
    kept.path = QDir::cleanPath(profile.path);
    profiles.removeIf([&kept](const StoreProfile& each) { return each.path == kept.path; });
    if (!kept.name.isEmpty() || !kept.keyFile.isEmpty() || kept.readOnly || kept.production) {
        profiles.prepend(kept);
        profiles = profiles.mid(0, kPartsMax);
    }
}

namespace {

QList<StoreProfile> readProfiles(QSettings& file)
{
    QList<StoreProfile> profiles;
    const int count = file.beginReadArray("profiles");
    for (int i = 0; i < std::min(count, kPartsMax); ++i) {
        file.setArrayIndex(i);
        const QString path = file.value("path").toString();
        if (!path.isEmpty()) {
            profiles.append({path, file.value("name").toString().left(kNameMax), file.value("keyFile").toString(),
                file.value("readOnly").toBool(), file.value("production").toBool()});
        }
    }
    file.endArray();
    return profiles;
}

void writeProfiles(QSettings& file, const QList<StoreProfile>& profiles)
{
    file.beginWriteArray("profiles");
    int number = 0;
    for (const StoreProfile& each : profiles) {
        file.setArrayIndex(number++);
        file.setValue("path", each.path);
        file.setValue("name", each.name);
        file.setValue("keyFile", each.keyFile);
        file.setValue("readOnly", each.readOnly);
        file.setValue("production", each.production);
    }
    file.endArray();
}

BeaconChoice readBeacon(QSettings& file)
{
    BeaconChoice choice;
    file.beginGroup("beacon");
    choice.mebibytesPerSecond = inRange(file.value("rate"), 1, 4096, choice.mebibytesPerSecond);
    choice.sharePercent = inRange(file.value("share"), 1, 100, choice.sharePercent);
    choice.fromHour = inRange(file.value("from"), 0, 24, choice.fromHour);
    choice.toHour = inRange(file.value("to"), 0, 24, choice.toHour);
    choice.periodDays = inRange(file.value("period"), 1, 365, choice.periodDays);
    choice.stallPercent = inRange(file.value("stall"), 1, 100, choice.stallPercent);
    choice.heal = file.value("heal", choice.heal).toBool();
    file.endGroup();
    return choice;
}

void writeBeacon(QSettings& file, const BeaconChoice& choice)
{
    file.beginGroup("beacon");
    file.setValue("rate", choice.mebibytesPerSecond);
    file.setValue("share", choice.sharePercent);
    file.setValue("from", choice.fromHour);
    file.setValue("to", choice.toHour);
    file.setValue("period", choice.periodDays);
    file.setValue("stall", choice.stallPercent);
    file.setValue("heal", choice.heal);
    file.endGroup();
}

} // namespace

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
    settings.profiles = readProfiles(file);
    settings.beacon = readBeacon(file);
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
    writeProfiles(file, settings.profiles);
    writeBeacon(file, settings.beacon);
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
