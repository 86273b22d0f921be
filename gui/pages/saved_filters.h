// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QPushButton>

#include <functional>

namespace carma::gui {

class Shell;

/// Filters of one page under names that the user gives, in the settings of the program.
class SavedFilters : public QPushButton {
    Q_OBJECT

public:
    using Read = std::function<QJsonObject()>;
    using Apply = std::function<void(const QJsonObject&)>;
    SavedFilters(Shell& shell, QString page, Read read, Apply apply);
    void save(const QString& name); ///< as it stands now; the same name again replaces
    void apply(const QString& name);
    void remove(const QString& name);
    [[nodiscard]] QStringList names() const;

    static constexpr int kNameMax = 60;
    static constexpr int kFiltersMax = 50;

private:
    void fill();
    void askName();

    Shell& m_shell;
    const QString m_page;
    const Read m_read;
    const Apply m_apply;
};

} // namespace carma::gui
