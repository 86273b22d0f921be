// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>

namespace carma::gui {

enum class Theme : int { Light, Dark, Contrast };

/// What is known of a store beside its place. Holds no secret: a key file is named, not kept.
struct StoreProfile {
    QString path, name;
    QString keyFile;         ///< empty: the one in the key folder
    bool readOnly = false;   ///< opened for reading only, unless told otherwise
    bool production = false; ///< the frame is marked in red while it is open
};

/// What the beacon may take while it runs in the window; the defaults are those of carma beacon.
struct BeaconChoice {
    int mebibytesPerSecond = 32;   ///< 1..4096
    int sharePercent = 25;         ///< 1..100
    int fromHour = 0, toHour = 24; ///< 0..24, equal: always
    int periodDays = 7;            ///< 1..365
    int stallPercent = 20;         ///< 1..100: pauses while others wait for the disk for more of the time; 100: never
    bool heal = true;
};

/// What the user chose, kept in an INI file. Values out of range are replaced by their defaults.
struct Settings {
    QString language; ///< "en" or "de"; empty: of the system
    Theme theme = Theme::Light;
    int scalePercent = 100;       ///< 100..300, read before the program's windows are made
    int idleLockMinutes = 10;     ///< 0..240; 0: never
    bool timesInUtc = false;      ///< else local time
    QStringList recentStores;     ///< newest first, at most 12
    QList<StoreProfile> profiles; ///< at most 500, each path once
    BeaconChoice beacon;
    QMap<QString, QByteArray> layout;  ///< of the window, see LayoutState
    QMap<QString, QString> shortcuts;  ///< by command: other keys than its own, in portable text; empty: none
    QMap<QString, QByteArray> filters; ///< by "page/name": what SavedFilters keeps, at most 500 of 4 KiB

    void rememberStore(const QString& path);
    [[nodiscard]] StoreProfile profileOf(const QString& path) const; ///< with that path, and nothing else if there is none
    void keepProfile(const StoreProfile& profile);                   ///< instead of the one with its path; one without any wish goes
};

/// Reads and writes the file at `path`. Used from the GUI thread.
class SettingsFile {
public:
    explicit SettingsFile(QString path);
    /// "$XDG_CONFIG_HOME/carma/workstation.ini".
    static QString defaultPath();

    /// A file that cannot be understood is set aside as "<path>.bad" and the defaults are used; `setAside` then tells its name.
    Settings load();
    /// False if it could not be written.
    bool save(const Settings& settings) const;
    [[nodiscard]] QString path() const { return m_path; }
    [[nodiscard]] QString setAside() const { return m_setAside; }

private:
    QString m_path;
    QString m_setAside;
};

} // namespace carma::gui
