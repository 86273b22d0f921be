// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>

namespace carma::gui {

enum class Theme : int { Light, Dark, Contrast };

/// What the user chose, kept in an INI file. Values out of range are replaced by their defaults.
struct Settings {
    QString language; ///< "en" or "de"; empty: of the system
    Theme theme = Theme::Light;
    int scalePercent = 100;            ///< 100..300, read before the program's windows are made
    int idleLockMinutes = 10;          ///< 0..240; 0: never
    bool timesInUtc = false;           ///< else local time
    QStringList recentStores;          ///< newest first, at most 12
    QMap<QString, QByteArray> layout;  ///< of the window, see LayoutState
    QMap<QString, QString> shortcuts;  ///< by command: other keys than its own, in portable text; empty: none
    QMap<QString, QByteArray> filters; ///< by "page/name": what SavedFilters keeps, at most 500 of 4 KiB

    void rememberStore(const QString& path);
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
