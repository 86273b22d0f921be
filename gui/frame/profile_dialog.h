// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/settings.h"

#include <QDialog>

class QCheckBox;
class QLineEdit;

namespace carma::gui {

/// Name and habits of one store: how it is opened, and whether it is in production. Accepted with the wish to keep profile().
class ProfileDialog : public QDialog {
    Q_OBJECT

public:
    explicit ProfileDialog(const StoreProfile& profile, QWidget* parent = nullptr);
    [[nodiscard]] StoreProfile profile() const;

private:
    QString m_path;
    QLineEdit* m_name;
    QLineEdit* m_keyFile;
    QCheckBox* m_readOnly;
    QCheckBox* m_production;
};

} // namespace carma::gui
