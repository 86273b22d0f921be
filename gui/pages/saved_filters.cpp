// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/saved_filters.h"

#include "app/dialogs.h"
#include "app/text.h"
#include "frame/page.h"
#include "frame/widgets.h"

#include <QInputDialog>
#include <QJsonDocument>
#include <QLineEdit>
#include <QMenu>

namespace carma::gui {

SavedFilters::SavedFilters(Shell& shell, QString page, Read read, Apply apply)
    : m_shell(shell), m_page(std::move(page)), m_read(std::move(read)), m_apply(std::move(apply))
{
    setText(tr("Filters"));
    setAutoDefault(false);
    setAccessibleName(tr("Saved filters"));
    setToolTip(tr("Saved filters"));
    setMinimumHeight(32);
    setMenu(new QMenu(this));
    connect(menu(), &QMenu::aboutToShow, this, &SavedFilters::fill);
}

QStringList SavedFilters::names() const
{
    QStringList names;
    const auto& all = m_shell.settings().filters;
    for (auto each = all.begin(); each != all.end(); ++each) {
        if (each.key().startsWith(m_page + '/')) {
            names.append(each.key().mid(m_page.size() + 1));
        }
    }
    return names;
}

void SavedFilters::fill()
{
    QMenu* shown = menu();
    shown->clear();
    shown->addAction(tr("Save this filter"), this, &SavedFilters::askName);
    const QStringList known = names();
    if (known.isEmpty()) {
        return;
    }
    shown->addSeparator();
    for (const QString& name : known) {
        shown->addAction(oneLine(name, kNameMax).replace('&', "&&"), this, [this, name] { apply(name); });
    }
    shown->addSeparator();
    QMenu* less = shown->addMenu(tr("Remove"));
    for (const QString& name : known) {
        less->addAction(oneLine(name, kNameMax).replace('&', "&&"), this, [this, name] { remove(name); });
    }
}

void SavedFilters::askName()
{
    auto* dialog = new QInputDialog(this);
    dialog->setWindowTitle(tr("Save this filter"));
    dialog->setLabelText(tr("Name of the filter. It is kept in the settings of this program, outside of the encrypted store."));
    dialog->setInputMode(QInputDialog::TextInput);
    connect(dialog, &QInputDialog::textValueSelected, this, &SavedFilters::save);
    openModal(dialog);
}

void SavedFilters::save(const QString& name)
{
    const QString kept = oneLine(name, kNameMax);
    if (kept.isEmpty()) {
        return;
    }
    if (names().size() >= kFiltersMax && !names().contains(kept)) {
        m_shell.tell(tr("There are %1 filters already; remove one first.").arg(kFiltersMax));
        return;
    }
    m_shell.settings().filters[m_page + '/' + kept] = QJsonDocument(m_read()).toJson(QJsonDocument::Compact);
    m_shell.settingsChanged();
    m_shell.tell(tr("The filter %1 is kept.").arg(kept));
}

void SavedFilters::apply(const QString& name)
{
    const auto found = m_shell.settings().filters.constFind(m_page + '/' + name);
    if (found != m_shell.settings().filters.constEnd()) {
        m_apply(QJsonDocument::fromJson(*found).object()); // garbage is an empty filter
    }
}

void SavedFilters::remove(const QString& name)
{
    m_shell.settings().filters.remove(m_page + '/' + name);
    m_shell.settingsChanged();
}

} // namespace carma::gui
