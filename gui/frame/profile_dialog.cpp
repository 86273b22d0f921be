// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/profile_dialog.h"

#include "app/files.h"
#include "frame/widgets.h"

#include <QCheckBox>
#include <QDir>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace carma::gui {

ProfileDialog::ProfileDialog(const StoreProfile& profile, QWidget* parent)
    : QDialog(parent), m_path(profile.path), m_name(named(new QLineEdit(profile.name), tr("Name"))),
      m_keyFile(named(new QLineEdit(profile.keyFile), tr("Key file"))), m_readOnly(new QCheckBox(tr("Open for reading only"))),
      m_production(new QCheckBox(tr("In production: mark the window in red")))
{
    setWindowTitle(tr("Profile of a store"));
    setMinimumWidth(560);
    m_name->setPlaceholderText(QDir(profile.path).dirName());
    m_name->setMaxLength(200);
    m_keyFile->setPlaceholderText(tr("the one in the key folder"));
    m_readOnly->setChecked(profile.readOnly);
    m_production->setChecked(profile.production);
    auto* choose = button(tr("Choose key file"));
    auto* key = new QHBoxLayout;
    key->addWidget(m_keyFile, 1);
    key->addWidget(choose);
    auto* form = new QFormLayout;
    form->setVerticalSpacing(kGap);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->addRow(tr("Name"), m_name);
    form->addRow(tr("Key file"), key);
    form->addRow(QString(), m_readOnly);
    form->addRow(QString(), m_production);
    auto* save = button(tr("Keep"));
    auto* cancel = button(tr("Cancel"));
    save->setDefault(true);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(save);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(quiet(QDir::toNativeSeparators(profile.path)));
    layout->addLayout(form);
    layout->addStretch();
    layout->addLayout(buttons);
    connect(save, &QPushButton::clicked, this, &QDialog::accept);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(choose, &QPushButton::clicked, this,
        [this] { chooseOpenFile(this, tr("Key file"), {}, [this](const QString& path) { m_keyFile->setText(path); }); });
}

StoreProfile ProfileDialog::profile() const
{
    return {m_path, m_name->text().trimmed(), m_keyFile->text().trimmed(), m_readOnly->isChecked(), m_production->isChecked()};
}

} // namespace carma::gui
