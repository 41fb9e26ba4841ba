// Service Catalog: portfolios, products, launch constraints, and what is launched from them.
import { SERVICE_CATALOG_MODEL } from '../model';
import { behavioursOfApi, type ApiDeclaration } from '../service';
import { CONSTRAINT_OPERATIONS } from './constraints';
import { LAUNCH_PATH_OPERATIONS } from './launch-paths';
import { PORTFOLIO_OPERATIONS } from './portfolios';
import { PRODUCT_OPERATIONS } from './products';
import { PROVISIONED_OPERATIONS } from './provisioned';
import { PROVISIONING_OPERATIONS } from './provisioning';
import type { Catalog } from './world';

export { createCatalog } from './world';

export const SERVICE_CATALOG_API: ApiDeclaration<Catalog> = {
  name: 'servicecatalog',
  model: SERVICE_CATALOG_MODEL,
  operations: [
    ...PORTFOLIO_OPERATIONS,
    ...PRODUCT_OPERATIONS,
    ...CONSTRAINT_OPERATIONS,
    ...LAUNCH_PATH_OPERATIONS,
    ...PROVISIONING_OPERATIONS,
    ...PROVISIONED_OPERATIONS,
  ],
  invalid: 'InvalidParametersException',
};

export const SERVICE_CATALOG_BEHAVIOURS = behavioursOfApi(SERVICE_CATALOG_API);
